using System.Numerics;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// The quadratic regression model of paper 000, eq. 12 and 13: residuals z, Jacobian J [D, P] and the fixed curvature
/// <c>Q = sum_a w_a (x) M_a</c>, with w_a the left singular vectors of the first J and M_a random symmetric matrices of variance
/// V(sigma_a).
/// </summary>
/// <remarks>
/// M_a comes from a stream of its own and can be made again at any time, so that Q, D P^2 numbers, need not be held.
/// </remarks>
internal sealed class QuadraticRegression
{
    private readonly ulong _seed, _model;
    private readonly bool _shaped;
    private readonly double _meanSigma;

    /// <param name="examples">D.</param>
    /// <param name="parameters">P, at least D.</param>
    /// <param name="shaped">V(sigma) = sigma over its mean, or 1.</param>
    /// <param name="seed">Of the figure.</param>
    /// <param name="model">Which of its models.</param>
    public QuadraticRegression(int examples, int parameters, bool shaped, ulong seed, ulong model)
    {
        (Examples, Parameters, _shaped, _seed, _model) = (examples, parameters, shaped, seed, model);
        RandomNumbers random = new(seed, 3 * model);
        Jacobian = random.Normals(examples * parameters);
        Residuals = random.Normals(examples);
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Jacobian, examples, parameters, threads: 1).Reduce(threads: 1);
        Rank = space.Rank;
        Sigma = new double[Rank];
        Left = new double[Rank * examples];
        for (int a = 0; a < Rank; a++)
        {
            Sigma[a] = Math.Sqrt(space.Eigenvalues[a] * examples);
            // The factors are sqrt(n) U diag(sqrt(lambda)), and sqrt(n lambda) is sigma.
            for (int i = 0; i < examples; i++) Left[a * examples + i] = space.Factors[i * Rank + a] / Sigma[a];
        }

        _meanSigma = Sigma.Average();
        double square = 0;
        foreach (double x in Jacobian) square += x * x;
        Trace = square / examples;
    }

    public int Examples { get; }

    public int Parameters { get; }

    public int Rank { get; }

    /// <summary>J at the start, [D, P].</summary>
    public double[] Jacobian { get; }

    /// <summary>z at the start.</summary>
    public double[] Residuals { get; }

    /// <summary>The singular values of the first J, from the largest.</summary>
    public double[] Sigma { get; }

    /// <summary>w_a, [rank, D].</summary>
    public double[] Left { get; }

    /// <summary>tr(J J^T) / D at the start.</summary>
    public double Trace { get; }

    /// <summary>V(sigma_a).</summary>
    public double Variance(int a) => _shaped ? Sigma[a] / _meanSigma : 1;

    /// <summary>Makes M_a, [P, P].</summary>
    public void Curvature(int a, Span<double> matrix)
    {
        RandomNumbers random = new(_seed ^ 0xC0FFEE, _model * 4096 + (ulong)a);
        double deviation = Math.Sqrt(Variance(a));
        for (int i = 0; i < Parameters; i++)
            for (int j = 0; j <= i; j++) matrix[i * Parameters + j] = matrix[j * Parameters + i] = deviation * random.Normal();
    }

    /// <summary><c>J^T P z</c>: the gradient of the batch, times B.</summary>
    public static void Gradient(ReadOnlySpan<double> jacobian, ReadOnlySpan<double> residuals, ReadOnlySpan<int> batch,
        Span<double> gradient)
    {
        gradient.Clear();
        int p = gradient.Length;
        foreach (int i in batch) AddScaled(residuals[i], jacobian.Slice(i * p, p), gradient);
    }

    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Vector<double> sums = default;
        int i = 0, lanes = Vector<double>.Count;
        for (; i <= x.Length - lanes; i += lanes) sums += new Vector<double>(x[i..]) * new Vector<double>(y[i..]);
        double sum = Vector.Sum(sums);
        for (; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    public static void AddScaled(double scale, ReadOnlySpan<double> x, Span<double> y)
    {
        int i = 0, lanes = Vector<double>.Count;
        for (; i <= x.Length - lanes; i += lanes) (new Vector<double>(y[i..]) + scale * new Vector<double>(x[i..])).CopyTo(y[i..]);
        for (; i < x.Length; i++) y[i] += scale * x[i];
    }

    /// <summary>A symmetric matrix times a vector.</summary>
    public static void Multiply(ReadOnlySpan<double> matrix, ReadOnlySpan<double> x, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = Dot(matrix.Slice(i * x.Length, x.Length), x);
    }
}
