using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// <c>lambda_max( W^{-1/2} o A o W^{-1/2} )</c> for one W after another, each search beginning near where the last ended: in the vectors of
/// the examples, or in packed matrices for a set with signs and r > 1.
/// </summary>
internal sealed class ExactNoise
{
    private readonly SecondMomentOptions _options;
    private readonly ExampleNoise? _examples;
    private readonly ILinearOperator<Span<double>> _matrix;
    private readonly double[] _identity, _start;
    private bool _warm;

    public ExactNoise(FunctionSpace space, SecondMomentOptions options)
    {
        _options = options;
        NoiseMap map = new(space, options.ThreadCount);
        if (InExamples(space))
        {
            _matrix = _examples = new(map, space);
            Weights = _examples.Inverse;
            map.Identity(_identity = new double[_examples.Length]);
            _start = new double[_identity.Length];
            return;
        }

        Weights = new double[PackedSymmetric.Length(space.Rank)];
        _matrix = new WeightedMoment(map, space, null, Weights, 1);
        PackedSymmetric.Identity(space.Rank, _identity = new double[Weights.Length]);
        _start = new double[Weights.Length];
    }

    /// <summary>Where W is written before each search.</summary>
    public double[] Weights { get; }

    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions options)
    {
        long m = space.Rank, r = space.Rows;
        bool examples = InExamples(space);
        long length = examples ? space.Examples * (r * (r + 1) / 2) : m * (m + 1) / 2;
        long matrix = examples
            ? ExampleNoise.RequiredBytes(space, options.ThreadCount)
            : WeightedMoment.RequiredBytes(space, 1, options.ThreadCount);
        return matrix + length * sizeof(double) + PerronVector.RequiredBytes(length, options, storeProducts: examples);
    }

    /// <summary>The largest eigenvalue for the W written.</summary>
    public TopEigenvalue Largest(IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        if (_examples is null) PairWeights.InvertRoot(Weights);
        else PairWeights.Invert(Weights);
        Begin();
        return PerronVector.Find(_matrix, _start, _options, storeProducts: _examples is not null, progress, cancellation);
    }

    /// <summary>
    /// The identity, and where there is a last vector that, with the sign of the cone: alone it may have nothing of the next one, where the
    /// set falls apart into orthogonal ones.
    /// </summary>
    private void Begin()
    {
        double trace = 0, square = 0;
        for (int i = 0; i < _start.Length; i++)
        {
            trace += _identity[i] * _start[i];
            square += _identity[i] * _identity[i];
        }

        double last = trace < 0 ? -1 : 1, norm = Math.Sqrt(square);
        for (int i = 0; i < _start.Length; i++) _start[i] = _identity[i] / norm + (_warm ? last * _start[i] : 0);
        _warm = true;
    }

    /// <summary>Whether the search goes on in the vectors of the examples.</summary>
    public static bool InExamples(FunctionSpace space) => space.Rows == 1 || space.Signs.IsEmpty;
}
