using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics;
using Xunit;
using Xunit.Abstractions;

namespace HessianKernels.Tests.Krylov;

/// <summary>Ten thousand enclosures against dense spectra: none is empty, and they are not so wide as to say nothing.</summary>
public class EnclosureTests(ITestOutputHelper output)
{
    private const int Least = 10_000;

    static EnclosureTests() => Control.TryUseNativeMKL();

    /// <param name="Radius">The radius over ||A||.</param>
    /// <param name="Excess">How far the nearest eigenvalue lies beyond the radius, over the dense solver's own error.</param>
    /// <param name="Tolerance">What the run was asked for.</param>
    /// <param name="Converged">Whether the pair met it.</param>
    private readonly record struct Enclosure(double Radius, double Excess, double Tolerance, bool Converged);

    [Fact]
    public void NoneOfTenThousandIsEmptyInDouble() => NoneIsEmpty<double>(Least);

    [Fact]
    public void NoneOfTenThousandIsEmptyInFloat() => NoneIsEmpty<float>(Least);

    private void NoneIsEmpty<T>(int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double epsilon = typeof(T) == typeof(float) ? MathF.BitIncrement(1) - 1 : Tridiagonal.Epsilon;
        List<Enclosure> all = [];
        for (int seed = 0; all.Count < count; seed++) Collect<T>(seed, all);

        Enclosure worst = all.MaxBy(enclosure => enclosure.Excess);
        Assert.True(worst.Excess <= 1, $"{all.Count(enclosure => enclosure.Excess > 1)} of {all.Count} are empty; the worst is {worst}");

        // Rounding's part of a radius: (8 + sqrt(n)) eps, n at most 70.
        double rounding = 20 * epsilon;
        Enclosure[] converged = [.. all.Where(enclosure => enclosure.Converged)];
        Assert.InRange(converged.Length, count / 4, count);
        Assert.InRange(all.Count - converged.Length, count / 20, count);
        Assert.All(converged, enclosure => Assert.InRange(enclosure.Radius, 0, 1.1 * (enclosure.Tolerance + rounding) + rounding));
        foreach (IGrouping<double, Enclosure> group in converged.GroupBy(enclosure => enclosure.Tolerance).OrderBy(group => group.Key))
        {
            double median = group.Select(enclosure => enclosure.Radius).Order().ElementAt(group.Count() / 2);
            output.WriteLine($"tolerance {group.Key:g2}: {group.Count()} converged, median radius {median:g3} ||A||");
        }

        double[] radii = [.. all.Select(enclosure => enclosure.Radius).Order()];
        output.WriteLine($"{all.Count} enclosures; median radius of all {radii[all.Count / 2]:g3} ||A||, the widest {radii[^1]:g3} ||A||");
        // Cut short or not, no residual exceeds the norm by much; and of many it is the residual that decides, not rounding.
        Assert.InRange(radii[^1], 0, 1.01);
        Assert.InRange(radii.Count(radius => radius > 10 * rounding), count / 5, count);
    }

    /// <summary>Runs on one random matrix: every end, tolerances 1e-1 to 1e-12, some cut short, some with a basis as small as may be, some warm.</summary>
    private static void Collect<T>(int seed, List<Enclosure> all)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Random random = new(seed);
        int n = seed % 3 == 0 ? random.Next(25, 71) : random.Next(1, 25);
        MatrixFamily[] families = Enum.GetValues<MatrixFamily>();
        double[] elements = new MatrixCase(families[seed % families.Length], n, seed, 1, default).Elements(single: typeof(T) == typeof(float));
        T[] a = SymmetricMatrix.To<T>(elements);
        (double[] ascending, double norm) = MatrixCase.Spectrum(elements, n);
        // Of the dense solver, and of the subtraction below.
        double oracle = 4 * n * Tridiagonal.Epsilon * norm;
        foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
            foreach (bool cut in (bool[])[false, true])
            {
                // All pairs of a small matrix are exact; few of a larger one are as good as they were asked to be.
                int k = random.Next(1, 1 + (random.Next(4) == 0 ? n : Math.Min(n, 6)));
                double tolerance = Math.Pow(10, -random.Next(1, 13));
                LanczosOptions options = new()
                {
                    Which = which,
                    Tolerance = tolerance,
                    Seed = (ulong)seed,
                    MaximumApplications = cut ? random.Next(1, k + 5) : 1000,
                    MaximumBasis = random.Next(2) == 0 ? null : Math.Min(n, k + 3),
                    StoreProducts = random.Next(2) == 0,
                };
                T[] warm = random.Next(4) == 0 ? SymmetricMatrix.To<T>([.. Enumerable.Range(0, n).Select(_ => SymmetricMatrix.Normal(random))]) : [];
                LanczosResult<T> result = Lanczos.TopK<T>(a, n, k, options, warm);
                for (int i = 0; i < result.Evidence.Found; i++)
                {
                    double nearest = ascending.Min(value => Math.Abs(value - result.Eigenvalues[i])), radius = result.EnclosureRadii[i];
                    double unit = norm > 0 ? norm : 1;
                    all.Add(new(radius / unit, nearest <= radius ? 0 : (nearest - radius) / (oracle > 0 ? oracle : 1e-300), tolerance, result.Converged[i]));
                }
            }
    }
}
