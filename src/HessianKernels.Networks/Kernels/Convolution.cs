using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// A convolution as products of matrices: of the panels of windows, <c>[windows, Line]</c>, and the weights, <c>[Outputs, Line]</c>, their inner
/// indices in the panel's order (window's row, window's column, channel).
/// </summary>
/// <remarks>
/// A panel holds as many rows of windows as the second cache takes, and is gathered, multiplied and forgotten by one thread. How windows fall into
/// panels and panels into chunks follows from the sizes alone.
/// </remarks>
internal unsafe partial struct Convolution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of a panel; but so few windows would leave the packing of the weights too large a share.
    private const int PanelBytes = 1 << 19, FewestWindows = 192;

    // Chunks that sum weight adjoints apart, and elements of their sums at the most.
    private const int MostSums = 16, MostSumElements = 1 << 23;

    private readonly WindowGrid _grid;
    private readonly int _outputs, _examples, _threads;

    public Convolution(WindowGrid grid, int outputs, int examples, int threads)
    {
        (_grid, _outputs, _examples, _threads) = (grid, outputs, examples, threads);
        int windows = Math.Max(FewestWindows, PanelBytes / sizeof(T) / Math.Max(1, grid.Line));
        RowsOfPanel = Math.Max(1, Math.Min(windows / Math.Max(1, grid.Columns), (long)examples * grid.Rows));
    }

    /// <summary>Rows of windows of a panel, of all images' rows one after the other.</summary>
    private long RowsOfPanel { get; }

    private readonly long Rows => (long)_examples * _grid.Rows;

    private readonly long PanelElements => Workspace<T>.Aligned(RowsOfPanel * _grid.Columns * _grid.Line);

    private readonly int Weights => _outputs * _grid.Line;

    /// <summary>Weights from <c>[Outputs, Channels, Size, Size]</c> to the panel's order, or back.</summary>
    private readonly void Reorder(bool back, T* from, T* to)
    {
        int area = _grid.Size * _grid.Size;
        if (back) Transposition.Run(_outputs, area, _grid.Channels, from, to, _threads);
        else Transposition.Run(_outputs, _grid.Channels, area, from, to, _threads);
    }

    /// <summary>
    /// Weights as columns, <c>[Line, Outputs]</c>: every panel's product packs them anew, and rows are packed faster. Of the room twice as many
    /// elements are taken as there are weights.
    /// </summary>
    private readonly T* Columns(T* w, T* room)
    {
        if (_grid.Size > 1) Reorder(false, w, room + Weights);
        Transposition.Run(1, _outputs, _grid.Line, _grid.Size > 1 ? room + Weights : w, room, _threads);
        return room;
    }

    /// <summary><c>y (+)= panel w^T</c>.</summary>
    public readonly void Forward(Workspace<T> workspace, T* x, T* w, bool accumulate, T* y)
    {
        T beta = accumulate ? T.One : T.Zero;
        if (_grid.IsPixelwise)
        {
            Gemm.Multiply(
                false, true, (int)(Rows * _grid.Columns), _outputs, _grid.Channels, T.One, x, _grid.Channels, w, _grid.Channels, beta, y, _outputs, _threads);
            return;
        }

        int panels = (int)((Rows + RowsOfPanel - 1) / RowsOfPanel), lanes = Math.Min(_threads, panels);
        T* memory = workspace.Take(lanes * PanelElements + 2 * Weights);
        ForwardJob job = new() { Shape = this, X = x, W = Columns(w, memory + lanes * PanelElements), Y = y, Beta = beta, Panels = memory };
        ParallelLoop.Run(ref job, panels, _threads);
    }

    private struct ForwardJob : IChunkJob
    {
        public Convolution<T> Shape;
        public T* X, W, Y, Panels;
        public T Beta;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly WindowGrid grid = ref Shape._grid;
            long first = chunk * Shape.RowsOfPanel, end = Math.Min(Shape.Rows, first + Shape.RowsOfPanel);
            T* panel = Panels + lane * (nint)Shape.PanelElements;
            WindowPanel.Gather(grid, first, end, X, panel);
            T* y = Y + (nint)first * grid.Columns * Shape._outputs;
            // Not a word about threads: a loop within a loop runs on its caller, and a lone chunk may use all there are.
            Gemm.Multiply(
                false, false, (int)(end - first) * grid.Columns, Shape._outputs, grid.Line, T.One, panel, grid.Line, W, Shape._outputs, Beta, y,
                Shape._outputs, Shape._threads);
        }
    }

    /// <summary><c>dx (+)= scattered(dy w)</c>.</summary>
    public readonly void Input(Workspace<T> workspace, T* dy, T* w, bool accumulate, T* dx)
    {
        if (_grid.IsPixelwise)
        {
            T beta = accumulate ? T.One : T.Zero;
            Gemm.Multiply(
                false, false, (int)(Rows * _grid.Columns), _grid.Channels, _outputs, T.One, dy, _outputs, w, _grid.Channels, beta, dx,
                _grid.Channels, _threads);
            return;
        }

        // Windows overlap: an image is one thread's.
        int images = (int)Math.Max(1, RowsOfPanel / _grid.Rows), chunks = (_examples + images - 1) / images, lanes = Math.Min(_threads, chunks);
        T* memory = workspace.Take(lanes * PanelElements + Weights);
        InputJob job = new() { Shape = this, Images = images, Dy = dy, W = w, Dx = dx, Accumulate = accumulate, Panels = memory };
        if (_grid.Size > 1) Reorder(false, w, job.W = memory + lanes * PanelElements);
        ParallelLoop.Run(ref job, chunks, _threads);
    }

    private struct InputJob : IChunkJob
    {
        public Convolution<T> Shape;
        public int Images;
        public T* Dy, W, Dx, Panels;
        public bool Accumulate;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly WindowGrid grid = ref Shape._grid;
            int image = chunk * Images, endImage = Math.Min(Shape._examples, image + Images);
            T* panel = Panels + lane * (nint)Shape.PanelElements;
            if (!Accumulate) new Span<T>(Dx + image * grid.Image, (int)((endImage - image) * grid.Image)).Clear();
            long last = (long)endImage * grid.Rows;
            for (long first = (long)image * grid.Rows; first < last; first += Shape.RowsOfPanel)
            {
                long end = Math.Min(last, first + Shape.RowsOfPanel);
                T* dy = Dy + (nint)first * grid.Columns * Shape._outputs;
                Gemm.Multiply(
                    false, false, (int)(end - first) * grid.Columns, grid.Line, Shape._outputs, T.One, dy, Shape._outputs, W, grid.Line, T.Zero,
                    panel, grid.Line, Shape._threads);
                WindowPanel.Scatter(grid, first, end, panel, Dx);
            }
        }
    }
}
