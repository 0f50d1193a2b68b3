using ILGPU;

namespace HessianKernels.Gpu;

/// <summary>The kernels of a vector space for one way of loading, launched.</summary>
internal abstract class VectorArithmetic<T>
    where T : unmanaged
{
    /// <summary>Vectors that are projected on at a time; the scratch has room for as many.</summary>
    public const int Slab = 32;

    public abstract void Dot(in ChunkGrid grid, ArrayView<T> x, ArrayView<T> y, ArrayView<double> partial, ArrayView<T> result);

    public abstract void Quotient(in ChunkGrid grid, ArrayView<T> g, ArrayView<T> h, ArrayView<double> partial, ArrayView<T> result);

    public abstract void Norm(in ChunkGrid grid, ArrayView<T> x, ArrayView<double> partial, ArrayView<double> exact, ArrayView<T> norm);

    public abstract void SubtractScaled(in ChunkGrid grid, ArrayView<T> scale, ArrayView<T> x, ArrayView<T> y);

    public abstract void Divide(in ChunkGrid grid, ArrayView<T> scale, ArrayView<T> x);

    public abstract void DivideExactly(in ChunkGrid grid, ArrayView<double> scale, ArrayView<T> x);

    public abstract void DivideWhere(
        in ChunkGrid grid, ArrayView<T> measure, ArrayView<T> bound, ArrayView<T> x, ArrayView<T> y, ArrayView<T> otherwise, ArrayView<T> result);

    public abstract void Project(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state, int wanted,
        ArrayView<T> coefficients);

    public abstract void Subtract(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> coefficients, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state,
        int wanted);

    public abstract void DecideAlone(
        in ChunkGrid grid, ArrayView<double> before, ArrayView<T> reference, double noise, ArrayView<T> norm, ArrayView<int> state);

    public abstract void DecideOnce(
        in ChunkGrid grid, ArrayView<double> partial, ArrayView<double> before, ArrayView<T> reference, double noise, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<T> secondPasses, ArrayView<int> state);

    public abstract void DecideTwice(
        in ChunkGrid grid, ArrayView<double> partial, ArrayView<double> before, ArrayView<T> reference, double noise, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<int> state);

    public abstract void AddSecond(in ChunkGrid grid, ArrayView<T> second, ArrayView<T> coefficients, ArrayView<int> state, int count);

    public abstract void Clear(in ChunkGrid grid, ArrayView<T> y, ArrayView<int> state);

    /// <summary>Combinations, by way of <paramref name="waiting"/> where that is not empty: then they may overwrite the panel.</summary>
    public abstract void Combine(
        in ChunkGrid grid, ArrayView<T> panel, int count, ArrayView<T> coefficients, int results, ArrayView<T> result, ArrayView<T> waiting);
}
