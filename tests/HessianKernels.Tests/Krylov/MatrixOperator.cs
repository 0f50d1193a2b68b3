using HessianKernels.Spaces;

namespace HessianKernels.Tests.Krylov;

/// <summary>A batch of dense matrices over any space, by what a space can do: vectors to the host, products there, products back.</summary>
/// <param name="space">How vectors are read and written.</param>
/// <param name="matrices"><c>[Batch, Length, Length]</c>.</param>
internal sealed class MatrixOperator<TView, TSpace>(TSpace space, double[] matrices) : ILinearOperator<TView>
    where TView : allows ref struct
    where TSpace : IVectorSpace<TView>
{
    private readonly double[] _input = new double[space.Length], _output = new double[space.Length];

    public int Batch => space.Batch;

    public int Length => space.Length;

    public int Stride => space.Stride;

    public int Applications { get; private set; }

    public void Apply(TView input, TView output)
    {
        Applications++;
        int n = Length;
        for (int b = 0; b < Batch; b++)
        {
            space.Read(space.Slice(input, (long)b * Stride, n), _input);
            for (int row = 0; row < n; row++)
            {
                double sum = 0;
                for (int column = 0; column < n; column++) sum += matrices[(b * n + row) * n + column] * _input[column];
                _output[row] = sum;
            }

            space.Write(_output, space.Slice(output, (long)b * Stride, n));
        }
    }
}
