namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void DrawRows(int rows, int columns, Span<T> p, Span<T> uniform, Span<T> result)
    {
        result[..(rows * columns)].Clear();
        for (int r = 0; r < rows; r++)
        {
            double left = double.CreateTruncating(uniform[r]);
            int c = 0;
            while (c < columns - 1 && (left -= double.CreateTruncating(p[r * columns + c])) >= 0) c++;
            result[r * columns + c] = T.One;
        }
    }
}
