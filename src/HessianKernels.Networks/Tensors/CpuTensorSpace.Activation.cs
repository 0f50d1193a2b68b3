using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to 3, or the kind is none.</exception>
    public void Activate(ActivationFunction function, int order, Span<T> z, Span<T> y, Span<T> derivatives)
        => Activate(function, order, 0, default, z, y, derivatives);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to 3, or the kind is none.</exception>
    public void ActivateShifted(
        ActivationFunction function, int order, int rows, int columns, Span<T> shift, Span<T> z, Span<T> y, Span<T> derivatives)
    {
        long length = (long)rows * columns;
        Require(shift, columns, nameof(shift));
        Require(z, length, nameof(z));
        Activate(function, order, columns, shift, z[..checked((int)length)], y, derivatives);
    }

    private void Activate(ActivationFunction function, int order, int columns, Span<T> shift, Span<T> z, Span<T> y, Span<T> derivatives)
    {
        if (order is < 0 or > 3) throw new ArgumentOutOfRangeException(nameof(order), order, "0 to 3 derivatives can be had.");
        Require(y, z.Length, nameof(y));
        Require(derivatives, (long)order * z.Length, nameof(derivatives));
        switch (function.Kind)
        {
            case ActivationKind.Identity: Activate(default(Identity<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Relu: Activate(new Rectifier<T>(T.Zero), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.LeakyRelu:
                Activate(new Rectifier<T>(T.CreateTruncating(function.Slope)), order, columns, shift, z, y, derivatives);
                break;
            case ActivationKind.Tanh: Activate(default(HyperbolicTangent<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Sigmoid: Activate(default(Sigmoid<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Gelu: Activate(default(GaussianLinear<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Erf: Activate(default(Erf<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Silu: Activate(default(SigmoidLinear<T>), order, columns, shift, z, y, derivatives); break;
            case ActivationKind.Square: Activate(default(Square<T>), order, columns, shift, z, y, derivatives); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "Not an activation.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 1 to 3.</exception>
    public void ActivateTangent(int order, long length, Span<T> derivatives, Span<T> x, Span<T> y)
    {
        if (order is < 1 or > 3) throw new ArgumentOutOfRangeException(nameof(order), order, "1 to 3 derivatives can be had.");
        Require(derivatives, order * length, nameof(derivatives));
        Require(x, order * length, nameof(x));
        Require(y, order * length, nameof(y));
        fixed (T* pf = derivatives, px = x, py = y) ChainRule.Run(order, pf, px, py, checked((int)length), Threads);
    }

    private void Activate<TFunction>(
        TFunction function, int order, int columns, Span<T> shift, Span<T> z, Span<T> y, Span<T> derivatives)
        where TFunction : struct, IActivation<T>
    {
        fixed (T* ps = shift, pz = z, py = y, pd = derivatives)
        {
            if (columns == 0) Activation.Run(function, order, pz, py, pd, z.Length, Threads);
            else Activation.RunShifted(function, order, ps, columns, pz, py, pd, z.Length, Threads);
        }
    }
}
