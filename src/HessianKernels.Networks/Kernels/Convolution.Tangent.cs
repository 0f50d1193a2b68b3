using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

internal unsafe partial struct Convolution<T>
{
    /// <summary>
    /// <c>y = panel v^T + panel_1 w^T</c> and <c>&lt;dy, panel_1 v^T&gt;</c>, with the panels of x and of x1.
    /// </summary>
    /// <remarks>
    /// Panel by panel: x1's is gathered once for two products, what they make is used before it leaves the cache, and the second product is
    /// not stored. The inner products of the panels are added in order.
    /// </remarks>
    public readonly double Tangent(Workspace<T> workspace, T* x, T* w, T* x1, T* v, T* dy, T* y)
    {
        if (Rows == 0) return 0;
        int panels = (int)((Rows + RowsOfPanel - 1) / RowsOfPanel), lanes = Math.Min(_threads, panels);
        long each = PanelElements + Workspace<T>.Aligned(RowsOfPanel * _grid.Columns * _outputs);
        T* memory = workspace.Take(lanes * each + 3L * Weights), weights = memory + lanes * each;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch inner = new(stack, Scratch.OnStack, panels);
        TangentJob job = new()
        {
            Shape = this, X = x, W = Columns(w, weights), X1 = x1, V = Columns(v, weights + Weights), Dy = dy, Y = y, Lanes = memory,
            LaneElements = (nint)each, Inner = inner.Pointer,
        };
        ParallelLoop.Run(ref job, panels, _threads);
        double sum = 0;
        for (int panel = 0; panel < panels; panel++) sum += inner.Pointer[panel];
        return sum;
    }

    private struct TangentJob : IChunkJob
    {
        public Convolution<T> Shape;
        public T* X, W, X1, V, Dy, Y, Lanes;
        public nint LaneElements;
        public double* Inner;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly WindowGrid grid = ref Shape._grid;
            long first = chunk * Shape.RowsOfPanel, end = Math.Min(Shape.Rows, first + Shape.RowsOfPanel);
            int windows = (int)(end - first) * grid.Columns;
            nint at = (nint)first * grid.Columns * Shape._outputs;
            T* memory = Lanes + lane * LaneElements, panel = Panel(X1, first, end, memory), y = Y + at;
            T* bent = memory + (nint)Shape.PanelElements;
            Multiply(windows, panel, V, T.Zero, bent);
            Inner[chunk] = Dot.Sequential(Dy + at, bent, windows * Shape._outputs);
            Multiply(windows, panel, W, T.Zero, y);
            Multiply(windows, Panel(X, first, end, memory), V, T.One, y);
        }

        /// <summary>The windows of some rows: gathered, or where they lie.</summary>
        private readonly T* Panel(T* x, long first, long end, T* memory)
        {
            ref readonly WindowGrid grid = ref Shape._grid;
            if (grid.IsPixelwise) return x + (nint)first * grid.Columns * grid.Channels;
            WindowPanel.Gather(grid, first, end, x, memory);
            return memory;
        }

        private readonly void Multiply(int windows, T* panel, T* weights, T beta, T* result)
            => Gemm.Multiply(
                false, false, windows, Shape._outputs, Shape._grid.Line, T.One, panel, Shape._grid.Line, weights, Shape._outputs, beta, result,
                Shape._outputs, Shape._threads);
    }
}
