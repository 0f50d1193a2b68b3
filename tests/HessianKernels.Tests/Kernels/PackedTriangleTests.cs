using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

/// <summary>Packed triangles against plain loops, with NaN around everything, above the diagonal too.</summary>
public unsafe class PackedTriangleTests
{
    public static TheoryData<int> Orders => [.. Enumerable.Range(1, 34), 64, 65, 200, 519];

    [Theory]
    [MemberData(nameof(Orders))]
    public void PlainLoops(int m)
    {
        int length = m * (m + 1) / 2;
        Random random = new(m);
        Guarded<double> x = Guarded<double>.Random(length, random), w = Guarded<double>.Random(length, random), d = Guarded<double>.Random(length, random);
        Guarded<double> full = Guarded<double>.Random(m * m, random);
        foreach (bool weighted in (bool[])[true, false])
        {
            double[] unpacked = new double[m * m], packed = new double[length], plain = new double[length], multiplied = [.. full.Span];
            Array.Fill(unpacked, double.NaN);
            for (int a = 0, at = 0; a < m; a++)
            {
                for (int b = 0; b <= a; b++, at++)
                {
                    double weight = weighted ? w.Span[at] : 1, factor = b < a ? 3 : 1;
                    unpacked[a * m + b] = weight * x.Span[at] * factor;
                    plain[at] = factor * full.Span[a * m + b] * weight;
                    packed[at] = factor * full.Span[a * m + b] * weight + d.Span[at] * x.Span[at];
                    multiplied[a * m + b] *= w.Span[at];
                }
            }

            foreach (int threads in (int[])[1, 2, 3])
            {
                Guarded<double> found = new(m * m), back = new(length);
                found.Span.Fill(double.NaN);
                PackedTriangle.Unpack(x.Pointer, weighted ? w.Pointer : null, m, 3, found.Pointer, threads);
                Tolerance.SameBits<double>(unpacked, found.Span, $"unpacked, order {m}");
                PackedTriangle.Pack(full.Pointer, weighted ? w.Pointer : null, d.Pointer, x.Pointer, m, 3, back.Pointer, threads);
                Tolerance.SameBits<double>(packed, back.Span, $"packed, order {m}");
                PackedTriangle.Pack(full.Pointer, weighted ? w.Pointer : null, null, null, m, 3, back.Pointer, threads);
                Tolerance.SameBits<double>(plain, back.Span, $"packed without a diagonal, order {m}");
                full.Span.CopyTo(found.Span);
                PackedTriangle.Multiply(found.Pointer, w.Pointer, m, threads);
                Tolerance.SameBits<double>(multiplied, found.Span, $"multiplied, order {m}");
                found.AssertGuards($"unpacked, order {m}");
                back.AssertGuards($"packed, order {m}");
            }
        }
    }
}
