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

            default: throw new NotSupportedException($"{function.Kind} is not written yet.");
        }
    }
}
