using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

internal unsafe partial struct Convolution<T>
{
    /// <summary><c>dw (+)= dy^T panel</c>, over all examples, or with a stride over each alone.</summary>
    public readonly void Weight(Workspace<T> workspace, T* dy, T* x, bool accumulate, T* dw, nint stride)
    {
        if (_grid.IsPixelwise && stride == 0)
        {
            T beta = accumulate ? T.One : T.Zero;
            Gemm.Multiply(
                true, false, _outputs, _grid.Channels, (int)(Rows * _grid.Columns), T.One, dy, _outputs, x, _grid.Channels, beta, dw, _grid.Channels,
                _threads);
            return;
        }

        if (_examples == 0)
        {
            if (!accumulate && stride == 0) new Span<T>(dw, Weights).Clear();
            return;
        }

        // Either an example a chunk, its sums put where they belong; or stretches of examples, their sums added in order at the end.
        int chunks = stride != 0 ? _examples : (int)Math.Clamp(Math.Min(_examples, MostSumElements / Math.Max(1, Weights)), 1, MostSums);
        int lanes = Math.Min(_threads, chunks), sums = stride != 0 ? lanes : chunks;
        long sumElements = Workspace<T>.Aligned(Weights);
        T* memory = workspace.Take(lanes * PanelElements + sums * sumElements);
        WeightJob job = new()
        {
            Shape = this, Chunks = chunks, X = x, Dy = dy, Dw = dw, Stride = stride, Accumulate = accumulate, Panels = memory,
            Sums = memory + lanes * PanelElements, SumElements = (nint)sumElements,
        };
        ParallelLoop.Run(ref job, chunks, _threads);
        if (stride != 0) return;
        for (int chunk = 1; chunk < chunks; chunk++)
        {
            T* next = job.Sums + chunk * (nint)sumElements;
            Elementwise.Run(new ScaledSum<T>(T.One), next, job.Sums, null, null, job.Sums, Weights, _threads);
        }

        job.Deliver(job.Sums, dw);
    }

    private struct WeightJob : IChunkJob
    {
        public Convolution<T> Shape;
        public int Chunks;
        public T* X, Dy, Dw, Panels, Sums;
        public nint Stride, SumElements;
        public bool Accumulate;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly WindowGrid grid = ref Shape._grid;
            int image = (int)((long)Shape._examples * chunk / Chunks), endImage = (int)((long)Shape._examples * (chunk + 1) / Chunks);
            T* panel = Panels + lane * (nint)Shape.PanelElements, sum = Sums + (Stride != 0 ? lane : chunk) * SumElements;
            long begin = (long)image * grid.Rows, last = (long)endImage * grid.Rows;
            for (long first = begin; first < last; first += Shape.RowsOfPanel)
            {
                long end = Math.Min(last, first + Shape.RowsOfPanel);
                WindowPanel.Gather(grid, first, end, X, panel);
                T* dy = Dy + (nint)first * grid.Columns * Shape._outputs;
                Gemm.Multiply(
                    true, false, Shape._outputs, grid.Line, (int)(end - first) * grid.Columns, T.One, dy, Shape._outputs, panel, grid.Line,
                    first == begin ? T.Zero : T.One, sum, grid.Line, Shape._threads);
            }

            if (Stride != 0) Deliver(sum, Dw + chunk * Stride);
        }

        /// <summary>Sums from the panel's order into weights, <c>dw[o, c, i] (+)= sum[o, i, c]</c>.</summary>
        public readonly void Deliver(T* sum, T* dw)
        {
            if (!Accumulate)
            {
                Shape.Reorder(true, sum, dw);
                return;
            }

            int channels = Shape._grid.Channels, area = Shape._grid.Size * Shape._grid.Size;
            for (int o = 0; o < Shape._outputs; o++)
                for (int c = 0; c < channels; c++)
                    for (int i = 0; i < area; i++, dw++) *dw += sum[((nint)o * area + i) * channels + c];
        }
    }
}
