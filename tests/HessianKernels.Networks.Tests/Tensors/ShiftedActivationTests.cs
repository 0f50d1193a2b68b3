using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Tensors;

/// <summary>A bias and its activation in one pass: the bits of one after the other.</summary>
public class ShiftedActivationTests
{
    private static readonly (int Rows, int Columns)[] s_shapes =
        [(0, 3), (1, 1), (37, 1), (5, 3), (29, 7), (9, 16), (3, 17), (11, 50), (301, 100), (5, 5000)];

    [Theory]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(ActivationKind.Erf)]
    [InlineData(ActivationKind.Silu)]
    public void HasTheBitsOfTwoPasses(ActivationKind kind)
    {
        Compare<float>(new(kind));
        Compare<double>(new(kind));
    }

    private static void Compare<T>(ActivationFunction function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach ((int rows, int columns) in s_shapes)
        {
            int length = rows * columns;
            Random random = new(length);
            T[] z = Normal(length), shift = Normal(columns);
            for (int order = 0; order <= 3; order++)
            {
                ITensorSpace<Span<T>> space = new CpuTensorSpace<T>(2);
                T[] moved = [.. z], expected = new T[length], derivatives = new T[order * length];
                space.AddToGroups(GroupShape.Columns(rows, columns), 1, shift, moved);
                space.Activate(function, order, moved, expected, derivatives);
                Guarded<T> y = new(length), d = new(order * length), input = new(length);
                z.CopyTo(input.Span);
                space.ActivateShifted(function, order, rows, columns, shift, input.Span, y.Span, d.Span);
                Tolerance.SameBits<T>(expected, y.Span, $"{function.Kind} of {rows} x {columns}, order {order}");
                Tolerance.SameBits<T>(derivatives, d.Span, $"{function.Kind} of {rows} x {columns}, derivatives to {order}");
                y.AssertGuards("y");
                d.AssertGuards("derivatives");
                space.ActivateShifted(function, order, rows, columns, shift, input.Span, input.Span, d.Span);
                Tolerance.SameBits<T>(expected, input.Span, "in place");
                input.AssertGuards("z");
            }

            T[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(4 * random.NextDouble() - 2))];
        }
    }

    [Fact]
    public void TensorsThatAreTooShortAreNamed()
    {
        ITensorSpace<Span<float>> space = new CpuTensorSpace<float>(1);
        float[] six = new float[6];
        Refused("shift", () => space.ActivateShifted(new(ActivationKind.Relu), 1, 2, 3, new float[2], six, six, six));
        Refused("z", () => space.ActivateShifted(new(ActivationKind.Relu), 1, 3, 3, six, six, new float[9], new float[9]));
        Refused("derivatives", () => space.ActivateShifted(new(ActivationKind.Relu), 2, 2, 3, six, six, six, six));

        static void Refused(string name, Action call)
            => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(call).ParamName);
    }
}
