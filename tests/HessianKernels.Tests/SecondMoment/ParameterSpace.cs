using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Second moments in parameter space by going through every batch: slow, and without a formula of the library's.</summary>
internal sealed class ParameterSpace(EdgeCase edge, SmallSet set)
{
    private readonly (double Probability, Matrix<double> Hessian)[] _batches =
        [.. edge.Batches().Select(batch => (batch.Probability, set.Combine(batch.Weights)))];

    private int D => set.Parameters;

    private static Matrix<double> Identity(int n) => Matrix<double>.Build.DenseIdentity(n);

    /// <summary>The eigenvectors of the range as columns, <c>[d, m]</c>.</summary>
    public Matrix<double> Range { get; } = Matrix<double>.Build.DenseOfRowMajor(set.Space.Rank, set.Parameters, set.Basis).Transpose();

    /// <summary><c>E[(I - eta H_B) M (I - eta H_B)]</c>.</summary>
    public Matrix<double> Step(Matrix<double> moment, double learningRate)
    {
        Matrix<double> result = Matrix<double>.Build.Dense(D, D);
        foreach ((double p, Matrix<double> h) in _batches)
        {
            Matrix<double> jacobian = Identity(D) - learningRate * h;
            result += p * (jacobian * moment * jacobian);
        }

        return result;
    }

    /// <summary>
    /// <c>E[J (x) J]</c>, <c>[4 d^2, 4 d^2]</c>, of <c>(w, w_before) to ((1 + mu) w - eta (H_B + rho) w - mu w_before, w)</c>.
    /// </summary>
    public Matrix<double> HeavyBall(double learningRate, double momentum, double weightDecay)
    {
        Matrix<double> result = Matrix<double>.Build.Dense(4 * D * D, 4 * D * D);
        foreach ((double p, Matrix<double> h) in _batches)
        {
            Matrix<double> jacobian = Matrix<double>.Build.Dense(2 * D, 2 * D);
            jacobian.SetSubMatrix(0, 0, (1 + momentum - learningRate * weightDecay) * Identity(D) - learningRate * h);
            jacobian.SetSubMatrix(0, D, -momentum * Identity(D));
            jacobian.SetSubMatrix(D, 0, Identity(D));
            result += p * jacobian.KroneckerProduct(jacobian);
        }

        return result;
    }

    /// <summary><c>E||J_k ... J_1||_F^2</c>, every sequence of batches on its own.</summary>
    public double ProductNorm(double learningRate, int steps)
    {
        return Extend(Identity(D), 1, steps);

        double Extend(Matrix<double> product, double probability, int left)
        {
            if (left == 0) return probability * Math.Pow(product.FrobeniusNorm(), 2);
            double sum = 0;
            foreach ((double p, Matrix<double> h) in _batches)
                sum += Extend((Identity(D) - learningRate * h) * product, probability * p, left - 1);
            return sum;
        }
    }

    /// <summary><c>Cov_B</c> of <c>sum_i w_i g_i</c>, for gradients <c>[n, d]</c> of mean 0.</summary>
    public Matrix<double> GradientCovariance(double[] gradients)
    {
        Matrix<double> g = Matrix<double>.Build.DenseOfRowMajor(set.Examples, D, gradients), result = Matrix<double>.Build.Dense(D, D);
        foreach ((double p, double[] weights) in edge.Batches())
        {
            Vector<double> mean = g.TransposeThisAndMultiply(Vector<double>.Build.Dense(weights));
            result += p * mean.OuterProduct(mean);
        }

        return result;
    }

    public int Batches => _batches.Length;
}
