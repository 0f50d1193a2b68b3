using HessianKernels.Dense;
using HessianKernels.Kernels;
using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The largest eigenvalue of <see cref="ExampleNoise"/>'s matrix for one W after another, in a subspace that is kept from each to the next:
/// Rayleigh-Ritz, and the residual joins the subspace while it is above the tolerance.
/// </summary>
/// <remarks>
/// With <c>C_k = sum_i v_ki Phi_i^T ( . ) Phi_i</c> held for every vector v_k of the subspace, the projected matrix for another W takes no
/// product: <c>v_k^T G v_l = (1/n) sum_ab (C_k)_ab (C_l)_ab / W_ab</c>. The residual takes half a product, a vector that joins the other
/// half. From nothing this is Lanczos' method; along a sweep, where the vector changes smoothly with the learning rate, the subspace soon
/// holds it and half a product a point is left.
/// <code>
///  V   [Most, N]   the vectors, orthonormal          C   [Most, L]   the C_k, packed, L = m (m + 1) / 2
/// </code>
/// That a converged pair is the top one is proved and not believed (<see cref="BlockCone"/>), which cannot be for sets that fall apart into
/// orthogonal ones.
/// </remarks>
internal sealed unsafe class NoiseSubspace
{
    private const int Most = 40, Kept = 8;

    // Columns of C that are weighted at a time.
    private const int Piece = 2048;

    private readonly FunctionSpace _space;
    private readonly SecondMomentOptions _options;
    private readonly NoiseMap _map;
    private readonly BlockCone _cone;
    private readonly double[] _vectors, _images, _matrix, _combined, _top, _product;
    private readonly double[] _projected = new double[Most * Most], _weighted = new double[Most * Piece];
    private readonly int _length, _packed, _threads;
    private int _count;

    public NoiseSubspace(FunctionSpace space, SecondMomentOptions options)
    {
        (_space, _options, _threads) = (space, options, options.ThreadCount);
        (_map, _cone) = (new(space, _threads), new(space));
        (_length, _packed) = (_map.BlocksLength, PackedSymmetric.Length(space.Rank));
        (_vectors, _images) = (new double[checked(Most * _length)], new double[checked(Most * _packed)]);
        (_matrix, _combined, Weights) = (new double[PackedSymmetric.Square(space.Rank)], new double[_packed], new double[_packed]);
        (_top, _product) = (new double[_length], new double[_length]);
    }

    /// <summary>Where W is written before each search.</summary>
    public double[] Weights { get; }

    /// <summary>Whether arrays can hold the subspace of a set, and whether its searches are in the vectors of the examples.</summary>
    public static bool Serves(FunctionSpace space)
    {
        long m = space.Rank, r = space.Rows, longest = Math.Max(space.Examples * (r * (r + 1) / 2), m * (m + 1) / 2);
        return ExactNoise.InExamples(space) && Most * longest <= Array.MaxLength;
    }

    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions options)
    {
        long m = space.Rank, r = space.Rows, length = space.Examples * (r * (r + 1) / 2), packed = m * (m + 1) / 2;
        // A compression rotates into new arrays of Kept columns.
        return sizeof(double) * ((Most + 2 + Kept) * length + (Most + 2 + Kept) * packed + m * m + Most * Piece + 4 * Most * Most)
            + BlockCone.RequiredBytes(space) + NoiseMap.ScratchBytes(space, options.ThreadCount);
    }

    /// <summary>The largest eigenvalue for the W written.</summary>
    /// <param name="progress">Told of every residual.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="proved">False where it converged and may not be the largest.</param>
    public TopEigenvalue Largest(IProgress<LanczosProgress>? progress, CancellationToken cancellation, out bool proved)
    {
        proved = true;
        PairWeights.Invert(Weights);
        if (_count == 0)
        {
            _map.Identity(_product);
            Join(_product);
        }

        Project();
        double tolerance = Math.Max(_options.Tolerance, 1e-14), theta = double.NaN, residual = double.NaN;
        for (int products = 0; ; products++)
        {
            if (cancellation.IsCancellationRequested)
                return Ended(LanczosStatus.Cancelled, products, theta, residual, double.PositiveInfinity);
            double[] coefficients = Top(out theta);
            Combine(coefficients);
            Multiply();
            residual = 0;
            for (int i = 0; i < _length; i++)
            {
                _product[i] -= theta * _top[i];
                residual += _product[i] * _product[i];
            }

            residual = Math.Sqrt(residual);
            progress?.Report(new(0, 1, products + 1, residual <= tolerance * theta ? 1 : 0, 1, residual / theta));
            double radius = residual + (8 + Math.Sqrt(_length)) * 2.220446049250313e-16 * theta;
            if (residual <= tolerance * theta)
            {
                proved = _cone.Proves(_top, residual, theta);
                return Ended(LanczosStatus.Converged, products + 1, theta, residual, radius);
            }

            if (products + 1 >= _options.MaximumApplications) return Ended(LanczosStatus.Partial, products + 1, theta, residual, radius);
            if (_count == Most) Compress();
            if (!Join(_product)) return Ended(LanczosStatus.Partial, products + 1, theta, residual, radius);
            Extend();
        }
    }

    private static TopEigenvalue Ended(LanczosStatus status, int products, double theta, double residual, double radius)
        => new() { Value = theta, Radius = radius, ResidualNorm = residual, OperatorApplications = products, Status = status };

    /// <summary>Makes a vector orthogonal to the subspace, joins it, and forms its image; false where nothing of it is left.</summary>
    private bool Join(double[] vector)
    {
        fixed (double* x = vector, v = _vectors, c = _matrix, images = _images)
        {
            double before = Norm.Of(x, _length, _threads);
            for (int pass = 0; pass < 2; pass++)
                for (int k = 0; k < _count; k++)
                {
                    double* basis = v + (nint)k * _length;
                    SubtractScaled.Apply(Dot.Of(basis, x, _length, _threads), basis, x, _length, _threads);
                }

            double norm = Norm.Of(x, _length, _threads);
            if (!(norm > 1e-10 * before)) return false;
            double* joined = v + (nint)_count * _length;
            for (int i = 0; i < _length; i++) joined[i] = x[i] / norm;
            _map.Gather(joined, 1, c);
            int m = _space.Rank;
            PackedTriangle.Pack(c, null, null, null, m, PackedSymmetric.Root2, images + (nint)_count * _packed, _threads);
            _count++;
            return true;
        }
    }

    /// <summary>The projected matrix for a new W, some columns of C at a time.</summary>
    private void Project()
    {
        fixed (double* c = _images, w = Weights, p = _projected, x = _weighted)
        {
            for (int start = 0; start < _packed; start += Piece)
            {
                int length = Math.Min(Piece, _packed - start);
                for (int k = 0; k < _count; k++)
                    for (int i = 0; i < length; i++) x[k * Piece + i] = c[(nint)k * _packed + start + i] * w[start + i];
                double before = start == 0 ? 0 : 1, scale = 1.0 / _space.Examples;
                Gemm.MultiplyLower(false, true, _count, length, scale, c + start, _packed, x, Piece, before, p, Most, _threads);
            }
        }
    }

    /// <summary>Its row for the vector that joined last.</summary>
    private void Extend()
    {
        int last = _count - 1;
        for (int i = 0; i < _packed; i++) _combined[i] = _images[last * _packed + i] * Weights[i] / _space.Examples;
        fixed (double* c = _images, x = _combined, p = _projected) Gemv.Multiply(c, _count, _packed, x, p + last * Most, _threads);
    }

    /// <summary>The projected matrix's top pair.</summary>
    private double[] Top(out double theta)
    {
        (double[] vectors, double[] values) = Ritz();
        theta = values[0];
        double[] coefficients = new double[Most];
        vectors.AsSpan(0, _count).CopyTo(coefficients);
        return coefficients;
    }

    private (double[] Vectors, double[] Values) Ritz()
    {
        double[] vectors = new double[_count * _count], values = new double[_count];
        for (int k = 0; k < _count; k++) _projected.AsSpan(k * Most, k + 1).CopyTo(vectors.AsSpan(k * _count));
        SymmetricEigendecomposition.Decompose(vectors, _count, values, 1);
        return (vectors, values);
    }

    /// <summary>The Ritz vector and its image.</summary>
    private void Combine(double[] coefficients)
    {
        fixed (double* v = _vectors, q = _top, c = _images, y = _combined, s = coefficients)
        {
            Gemv.MultiplyTransposed(v, _count, _length, s, q, _threads);
            Gemv.MultiplyTransposed(c, _count, _packed, s, y, _threads);
        }
    }

    /// <summary>The second half of the product with the Ritz vector.</summary>
    private void Multiply()
    {
        int m = _space.Rank;
        fixed (double* c = _matrix, y = _combined, w = Weights, product = _product)
        {
            PackedTriangle.Unpack(y, w, m, 1 / PackedSymmetric.Root2, c, _threads);
            _map.Quadratics(c, product);
            for (int i = 0; i < _length; i++) product[i] /= _space.Examples;
        }
    }

    /// <summary>Keeps the top Ritz vectors, and their images, of a full subspace.</summary>
    private void Compress()
    {
        (double[] vectors, double[] values) = Ritz();
        double[] kept = new double[Kept * _length], images = new double[Kept * _packed];
        fixed (double* v = _vectors, c = _images, s = vectors, x = kept, y = images)
        {
            Gemm.Multiply(false, false, Kept, _length, Most, 1.0, s, Most, v, _length, 0.0, x, _length, _threads);
            Gemm.Multiply(false, false, Kept, _packed, Most, 1.0, s, Most, c, _packed, 0.0, y, _packed, _threads);
        }

        kept.CopyTo(_vectors, 0);
        images.CopyTo(_images, 0);
        _projected.AsSpan().Clear();
        for (int k = 0; k < Kept; k++) _projected[k * Most + k] = values[k];
        _count = Kept;
    }
}
