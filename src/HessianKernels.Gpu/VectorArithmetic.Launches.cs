using ILGPU;
using ILGPU.Runtime;
using HessianKernels.Gpu.Kernels;

namespace HessianKernels.Gpu;

/// <summary>The same for one way of loading: every kernel compiled once, when the first space of a context needs it.</summary>
internal sealed class VectorArithmetic<T, TWide, TOps, TAccess> : VectorArithmetic<T>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TAccess : struct, IAccess<T, TWide>
{
    private readonly AcceleratorStream _stream;
    private readonly int _group;

    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, int, int, int> _dot;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, int, ArrayView<T>> _finishDot;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, int, int, int> _quotient;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, int, ArrayView<T>> _finishQuotient;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<double>, int, int, int> _squares;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, int, ArrayView<double>, ArrayView<T>> _finishNorm;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> _subtractScaled;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, int, int, int> _divide;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, int, int, int> _divideExactly;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, int> _divideWhere;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<int>, int, int, int, int, int> _project;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<int>, int, int, int, ArrayView<T>> _finishProject;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<int>, int, int, int, int, int> _subtract;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, double, ArrayView<T>, ArrayView<int>> _decideAlone;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, int, ArrayView<double>, ArrayView<T>, double, double, ArrayView<double>, ArrayView<T>, ArrayView<T>, ArrayView<int>> _decideOnce;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, int, ArrayView<double>, ArrayView<T>, double, double, ArrayView<double>, ArrayView<T>, ArrayView<int>> _decideTwice;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<int>, int> _addSecond;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<int>, int, int, int> _clear;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int, int, int> _combine;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, int, int, int, int> _place;

    public VectorArithmetic(GpuContext gpu)
    {
        (_stream, _group) = (gpu.Stream, gpu.GroupSize);
        Accelerator a = gpu.Accelerator;
        _dot = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<double>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.Dot);
        _finishDot = a.LoadKernel<ArrayView<double>, int, ArrayView<T>>(VectorKernels<T, TWide, TOps, TAccess>.FinishDot);
        _quotient = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<double>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.Quotient);
        _finishQuotient = a.LoadKernel<ArrayView<double>, int, ArrayView<T>>(VectorKernels<T, TWide, TOps, TAccess>.FinishQuotient);
        _squares = a.LoadKernel<ArrayView<T>, ArrayView<double>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.Squares);
        _finishNorm = a.LoadKernel<ArrayView<double>, int, ArrayView<double>, ArrayView<T>>(VectorKernels<T, TWide, TOps, TAccess>.FinishNorm);
        _subtractScaled = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.SubtractScaled);
        _divide = a.LoadKernel<ArrayView<T>, ArrayView<T>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.Divide);
        _divideExactly = a.LoadKernel<ArrayView<double>, ArrayView<T>, int, int, int>(VectorKernels<T, TWide, TOps, TAccess>.DivideExactly);
        _divideWhere = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, int>(
            VectorKernels<T, TWide, TOps, TAccess>.DivideWhere);
        _project = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<int>, int, int, int, int, int>(
            PanelKernels<T, TWide, TOps, TAccess>.Project);
        _finishProject = a.LoadKernel<ArrayView<double>, ArrayView<int>, int, int, int, ArrayView<T>>(PanelKernels<T, TWide, TOps, TAccess>.FinishProject);
        _subtract = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<int>, int, int, int, int, int>(
            PanelKernels<T, TWide, TOps, TAccess>.Subtract);
        _decideAlone = a.LoadKernel<ArrayView<double>, ArrayView<T>, double, ArrayView<T>, ArrayView<int>>(PanelKernels<T, TWide, TOps, TAccess>.DecideAlone);
        _decideOnce = a.LoadKernel<ArrayView<double>, int, ArrayView<double>, ArrayView<T>, double, double, ArrayView<double>, ArrayView<T>, ArrayView<T>, ArrayView<int>>(
            PanelKernels<T, TWide, TOps, TAccess>.DecideOnce);
        _decideTwice = a.LoadKernel<ArrayView<double>, int, ArrayView<double>, ArrayView<T>, double, double, ArrayView<double>, ArrayView<T>, ArrayView<int>>(
            PanelKernels<T, TWide, TOps, TAccess>.DecideTwice);
        _addSecond = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<int>, int>(PanelKernels<T, TWide, TOps, TAccess>.AddSecond);
        _clear = a.LoadKernel<ArrayView<T>, ArrayView<int>, int, int, int>(PanelKernels<T, TWide, TOps, TAccess>.Clear);
        _combine = a.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int, int, int>(PanelKernels<T, TWide, TOps, TAccess>.Combine);
        _place = a.LoadKernel<ArrayView<T>, ArrayView<T>, int, int, int, int>(PanelKernels<T, TWide, TOps, TAccess>.Place);
    }

    public override void Dot(in ChunkGrid grid, ArrayView<T> x, ArrayView<T> y, ArrayView<double> partial, ArrayView<T> result)
    {
        _dot(_stream, Chunks(grid), x, y, partial, grid.Length, grid.Stride, grid.Chunk);
        _finishDot(_stream, Items(grid), partial, grid.Chunks, result);
    }

    public override void Quotient(in ChunkGrid grid, ArrayView<T> g, ArrayView<T> h, ArrayView<double> partial, ArrayView<T> result)
    {
        _quotient(_stream, Chunks(grid), g, h, partial, grid.Length, grid.Stride, grid.Chunk);
        _finishQuotient(_stream, Items(grid), partial, grid.Chunks, result);
    }

    public override void Norm(in ChunkGrid grid, ArrayView<T> x, ArrayView<double> partial, ArrayView<double> exact, ArrayView<T> norm)
    {
        _squares(_stream, Chunks(grid), x, partial, grid.Length, grid.Stride, grid.Chunk);
        _finishNorm(_stream, Items(grid), partial, grid.Chunks, exact, norm);
    }

    public override void SubtractScaled(in ChunkGrid grid, ArrayView<T> scale, ArrayView<T> x, ArrayView<T> y)
        => _subtractScaled(_stream, Chunks(grid), scale, x, y, grid.Length, grid.Stride, grid.Chunk);

    public override void Divide(in ChunkGrid grid, ArrayView<T> scale, ArrayView<T> x)
        => _divide(_stream, Chunks(grid), scale, x, grid.Length, grid.Stride, grid.Chunk);

    public override void DivideExactly(in ChunkGrid grid, ArrayView<double> scale, ArrayView<T> x)
        => _divideExactly(_stream, Chunks(grid), scale, x, grid.Length, grid.Stride, grid.Chunk);

    public override void DivideWhere(
        in ChunkGrid grid, ArrayView<T> measure, ArrayView<T> bound, ArrayView<T> x, ArrayView<T> y, ArrayView<T> otherwise, ArrayView<T> result)
        => _divideWhere(_stream, ((grid.Batch + _group - 1) / _group, _group), measure, bound, x, y, otherwise, result, grid.Batch);

    public override void Project(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state, int wanted,
        ArrayView<T> coefficients)
    {
        long size = (long)grid.Batch * grid.Stride;
        for (int first = 0; first < count; first += Slab)
        {
            int taken = Math.Min(Slab, count - first), tiles = (taken + PanelKernels<T, TWide, TOps, TAccess>.Tile - 1) / PanelKernels<T, TWide, TOps, TAccess>.Tile;
            ArrayView<T> part = panel.SubView(first * size, taken * size - grid.Stride + grid.Length), found = coefficients.SubView((long)first * grid.Batch, (long)taken * grid.Batch);
            _project(
                _stream, (new Index3D(grid.Batch, tiles, grid.Chunks), new Index3D(_group, 1, 1)), part, y, partial, state, wanted, taken,
                grid.Length, grid.Stride, grid.Chunk);
            _finishProject(
                _stream, (new Index3D(grid.Batch, taken, 1), new Index3D(_group, 1, 1)), partial, state, wanted, grid.Chunks,
                tiles * PanelKernels<T, TWide, TOps, TAccess>.Tile, found);
        }
    }

    public override void Subtract(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> coefficients, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state,
        int wanted)
        => _subtract(
            _stream, Chunks(grid), panel, coefficients, y, partial, state, wanted, count, grid.Length, grid.Stride, grid.Chunk);

    public override void DecideAlone(
        in ChunkGrid grid, ArrayView<double> before, ArrayView<T> reference, double noise, ArrayView<T> norm, ArrayView<int> state)
        => _decideAlone(_stream, Items(grid), before, reference, noise, norm, state);

    public override void DecideOnce(
        in ChunkGrid grid, ArrayView<double> partial, ArrayView<double> before, ArrayView<T> reference, double noise, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<T> secondPasses, ArrayView<int> state)
        => _decideOnce(_stream, Items(grid), partial, grid.Chunks, before, reference, noise, enough, once, norm, secondPasses, state);

    public override void DecideTwice(
        in ChunkGrid grid, ArrayView<double> partial, ArrayView<double> before, ArrayView<T> reference, double noise, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<int> state)
        => _decideTwice(_stream, Items(grid), partial, grid.Chunks, before, reference, noise, enough, once, norm, state);

    public override void AddSecond(in ChunkGrid grid, ArrayView<T> second, ArrayView<T> coefficients, ArrayView<int> state, int count)
        => _addSecond(_stream, Items(grid), second, coefficients, state, count);

    public override void Clear(in ChunkGrid grid, ArrayView<T> y, ArrayView<int> state)
        => _clear(_stream, Chunks(grid), y, state, grid.Length, grid.Stride, grid.Chunk);

    public override void Combine(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> coefficients, int results, ArrayView<T> result, ArrayView<T> waiting)
    {
        if (waiting.Length == 0)
        {
            _combine(_stream, Rows(grid, results, grid.Length), panel, coefficients, result, count, grid.Length, grid.Stride, grid.Stride, grid.Chunk);
            return;
        }

        // In place: a stretch of positions at a time is made elsewhere, and put where it belongs once nothing reads what was there.
        int longest = (int)(waiting.Length / ((long)results * grid.Batch));
        for (int from = 0; from < grid.Length; from += longest)
        {
            int stretch = Math.Min(longest, grid.Length - from);
            KernelConfig rows = Rows(grid, results, stretch);
            _combine(_stream, rows, From(panel, from), coefficients, waiting, count, stretch, grid.Stride, longest, grid.Chunk);
            _place(_stream, rows, waiting, From(result, from), stretch, longest, grid.Stride, grid.Chunk);
        }
    }

    private KernelConfig Items(in ChunkGrid grid) => (new Index3D(grid.Batch, 1, 1), new Index3D(_group, 1, 1));

    private KernelConfig Chunks(in ChunkGrid grid) => (new Index3D(grid.Batch, 1, grid.Chunks), new Index3D(_group, 1, 1));

    private KernelConfig Rows(in ChunkGrid grid, int results, int positions)
        => (new Index3D(grid.Batch, results, (int)(((long)positions + grid.Chunk - 1) / grid.Chunk)), new Index3D(_group, 1, 1));

    private static ArrayView<T> From(ArrayView<T> view, int first) => view.SubView(first, view.Length - first);
}
