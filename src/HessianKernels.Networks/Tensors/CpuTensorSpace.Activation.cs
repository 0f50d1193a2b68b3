namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void Activate(ActivationFunction function, int order, Span<T> z, Span<T> y, Span<T> derivatives)
    {
        Span<double> values = stackalloc double[4];
        for (int i = 0; i < z.Length; i++)
        {
            Evaluate(function, double.CreateTruncating(z[i]), values);
            y[i] = T.CreateTruncating(values[0]);
            for (int j = 0; j < order; j++) derivatives[j * z.Length + i] = T.CreateTruncating(values[j + 1]);
        }
    }

    private static void Evaluate(ActivationFunction function, double z, Span<double> d)
    {
        switch (function.Kind)
        {
            case ActivationKind.Identity: (d[0], d[1], d[2], d[3]) = (z, 1, 0, 0); break;
            case ActivationKind.Relu: (d[0], d[1], d[2], d[3]) = z > 0 ? (z, 1.0, 0, 0) : (double.IsNaN(z) ? z : 0, 0.0, 0, 0); break;
            case ActivationKind.LeakyRelu: (d[0], d[1], d[2], d[3]) = z > 0 ? (z, 1.0, 0, 0) : (function.Slope * z, function.Slope, 0, 0); break;
            case ActivationKind.Square: (d[0], d[1], d[2], d[3]) = (z * z, 2 * z, 2, 0); break;
            case ActivationKind.Tanh:
            {
                double t = Math.Tanh(z), s = 1 - t * t;
                (d[0], d[1], d[2], d[3]) = (t, s, -2 * t * s, s * (6 * t * t - 2));
                break;
            }

            case ActivationKind.Sigmoid:
            {
                double p = 1 / (1 + Math.Exp(-z)), s = p * (1 - p);
                (d[0], d[1], d[2], d[3]) = (p, s, s * (1 - 2 * p), s * (1 - 6 * s));
                break;
            }

            case ActivationKind.Silu:
            {
                double p = 1 / (1 + Math.Exp(-z)), s = p * (1 - p), s2 = s * (1 - 2 * p), s3 = s * (1 - 6 * s);
                (d[0], d[1], d[2], d[3]) = (z * p, p + z * s, 2 * s + z * s2, 3 * s2 + z * s3);
                break;
            }

            case ActivationKind.Erf:
            {
                double slope = 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z);
                (d[0], d[1], d[2], d[3]) = (1 - ComplementaryErrorFunction(Math.Abs(z)), slope, -2 * z * slope, (4 * z * z - 2) * slope);
                d[0] = Math.Abs(z) < 0.5 ? ErrorSeries(z) : Math.CopySign(d[0], z);
                break;
            }

            case ActivationKind.Gelu:
            {
                double share = 0.5 * ComplementaryErrorFunction(-z / Math.Sqrt(2)), density = Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
                (d[0], d[1], d[2], d[3]) = (z * share, share + z * density, (2 - z * z) * density, (z * z - 4) * z * density);
                break;
            }

            default: throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "Not an activation.");
        }
    }

    /// <summary><c>erf z = 2 / sqrt(pi) exp(-z^2) sum_k 2^k z^(2k+1) / (2k+1)!!</c>: all terms of one sign.</summary>
    private static double ErrorSeries(double z)
    {
        double term = z, sum = z;
        for (int k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++) sum += term *= 2 * z * z / (2 * k + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum;
    }

    /// <summary><c>erfc z = 1 - erf z</c>; right of 2 by its continued fraction, from the end.</summary>
    private static double ComplementaryErrorFunction(double z)
    {
        if (z < 2) return z < -6 ? 2 : 1 - ErrorSeries(z);
        double tail = z;
        for (int k = 100; k > 0; k--) tail = z + 0.5 * k / tail;
        return Math.Exp(-z * z) / (Math.Sqrt(Math.PI) * tail);
    }
}
