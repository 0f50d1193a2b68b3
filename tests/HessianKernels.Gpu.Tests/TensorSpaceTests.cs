using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Networks.Tensors;
using ILGPU;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>The suite for tensors on a device.</summary>
public abstract class GpuTensorSpaceConformance<T> : TensorSpaceConformance<ArrayView<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Panels so small that convolutions are made in several.
    private static readonly GpuTensorSpace<T> Tensors = new(Gpu.Context, 700);

    protected override ITensorSpace<ArrayView<T>> Space(int threads) => Tensors;

    // Whatever the number, the same device, again.
    protected override int[] Threads => [1, 2];

    // Threads that play a device take a second for a million elements.
    protected override int MostElements => Gpu.Context.Device.Backend == GpuBackend.Emulator ? 8000 : int.MaxValue;
}

/// <summary>Loads of 16 bytes, which tensors between guards never begin at.</summary>
public sealed class WideLoads
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(400)]
    [InlineData(1001)]
    [InlineData(4096)]
    public void GiveTheBitsOfNarrowOnes(int length)
    {
        Check<float>(length);
        Check<double>(length);
    }

    private static void Check<T>(int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using GpuTensorSpace<T> space = new(Gpu.Context);
        List<double[]> apart = [];
        // Which of five tensors begin beside a multiple of 16 bytes: all, none, each alone.
        foreach (int beside in (int[])[31, 0, 1, 2, 4, 8, 16])
        {
            List<double[]> results = [];
            int start(int i) => (beside >> i) & 1;
            int stride = (length + 8) / 4 * 4;
            using ITensorMemory<ArrayView<T>> memory = space.Allocate(5L * stride + 4);
            ArrayView<T> at(int i) => space.Slice(memory.View, (long)i * stride + start(i), length);
            for (int i = 0; i < 4; i++) space.Write(Matrices.Numbers(length, i + 1), at(i));
            void keep()
            {
                double[] all = new double[5 * stride + 4];
                space.Read(memory.View, all);
                results.Add([.. Enumerable.Range(0, 5).SelectMany(i => all.AsSpan(i * stride + start(i), length).ToArray())]);
                // Between the tensors nothing is written.
                for (int i = 0; i < 5; i++)
                    for (int j = start(i) + length; j < stride; j++) Assert.Equal(0, all[i * stride + j]);
            }

            space.SumOfProducts(at(0), at(1), at(2), at(3), at(4));
            keep();
            space.Multiply(0.3, at(0), at(1), true, at(4));
            keep();
            space.Multiply(0.3, at(4), at(1), false, at(4));
            keep();
            space.AddScaled(-0.7, at(2), at(4));
            keep();
            space.Scale(1.3, at(4));
            keep();
            space.Power(10, -0.5, at(0), at(4));
            keep();
            space.Power(10, 0.3, at(0), at(4));
            keep();
            // Rows of a length that is and is not one of whole loads, and numbers a row and a column.
            int columns = Enumerable.Range(5, length).First(divisor => length % divisor == 0 || divisor > length / 2), rows = length / columns;
            if (rows * columns != length) (rows, columns) = (1, length);
            ArrayView<T> each(int count) => space.Slice(at(1), 0, count);
            space.AddToGroups(GroupShape.Columns(rows, columns), 0.3, each(columns), at(4));
            keep();
            space.ScaleGroups(GroupShape.Rows(rows, columns), each(rows), at(2), true, at(4));
            keep();
            foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
            {
                space.Activate(new(kind, 0.1), 1, at(2), at(3), at(4));
                keep();
            }

            space.ActivateShifted(new(ActivationKind.Tanh), 1, rows, columns, each(columns), at(2), at(3), at(4));
            keep();
            int stride3 = (3 * length + 8) / 4 * 4;
            using ITensorMemory<ArrayView<T>> orders = space.Allocate(3L * stride3);
            ArrayView<T> three(int i) => space.Slice(orders.View, (long)i * stride3 + start(i), 3 * length);
            space.Write(Matrices.Numbers(3 * length, 9), three(1));
            space.ActivateShifted(new(ActivationKind.Gelu), 3, rows, columns, each(columns), at(2), at(4), three(0));
            keep();
            for (int order = 1; order <= 3; order++)
            {
                space.ActivateTangent(order, length, three(0), three(1), three(2));
                for (int i = 0; i < order; i++) space.Copy(space.Slice(three(2), (long)i * length, length), at(2 + i));
                keep();
            }

            space.CopyRows(rows, columns - 1, at(0), columns, at(4), columns);
            keep();
            space.CopyRows(rows / 2, columns, at(0), 2L * columns, at(4), columns);
            keep();
            space.GatherRows([rows - 1, 0], columns, at(0), rows < 2 ? three(0) : at(4));
            keep();
            space.Fill(0.1, at(4));
            keep();
            if (apart.Count == 0) apart = results;
            for (int i = 0; i < results.Count; i++)
                Tolerance.SameBits<double>(apart[i], results[i], $"{length} of {typeof(T).Name}, operation {i}, beside {beside}");
        }
    }
}

public sealed class GpuTensorSpaceOfDouble : GpuTensorSpaceConformance<double>;

public sealed class GpuTensorSpaceOfSingle : GpuTensorSpaceConformance<float>;
