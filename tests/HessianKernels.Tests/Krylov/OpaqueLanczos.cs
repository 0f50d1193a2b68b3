using HessianKernels.Conformance;
using HessianKernels.Krylov;

namespace HessianKernels.Tests.Krylov;

/// <summary>One item's answer from the Lanczos engine.</summary>
internal sealed record OpaqueAnswer(double[] Values, double[] Vectors, double[] Residuals, double[] Radii, LanczosEvidence Evidence);

/// <summary>The Lanczos engine on the opaque space: views, host memory and integers start as what must not be read.</summary>
internal static class OpaqueLanczos
{
    /// <summary>All items in step; <paramref name="products"/> and <paramref name="reads"/> are what the engine asked for.</summary>
    public static OpaqueAnswer[] Run(
        double[] matrices, int n, int batch, int k, LanczosOptions options, int readInterval, out int products, out int reads)
    {
        OpaqueSpace space = new(batch, n, readInterval);
        // The operator has a space of its own, so that only the engine's readings are counted.
        MatrixOperator<OpaqueVector, OpaqueSpace> matrix = new(new(batch, n), matrices);
        LanczosSettings settings = LanczosSettings.From(options, n, batch, k, space.Epsilon, storeProducts: false);
        LanczosLayout layout = new(settings);
        double[] host = new double[layout.HostDoubles];
        int[] integers = new int[layout.HostIntegers];
        Array.Fill(host, double.NaN);
        Array.Fill(integers, int.MinValue);
        LanczosIteration<OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>> run = new(
            space, matrix, settings, new((int)layout.Elements), host, integers, new LanczosItem[batch]);
        run.Start(LanczosStart.Random);
        run.Conclude(cancelled: !run.Run(null, CancellationToken.None));
        (products, reads) = (matrix.Applications, space.Reads);

        double[] vectors = new double[k * batch * n];
        space.Read(run.RitzVectors, vectors);
        OpaqueAnswer[] answers = new OpaqueAnswer[batch];
        for (int b = 0; b < batch; b++)
        {
            double[] own = new double[k * n], radii = new double[k];
            for (int i = 0; i < k; i++)
            {
                vectors.AsSpan((i * batch + b) * n, n).CopyTo(own.AsSpan(i * n));
                radii[i] = run.EnclosureRadius(b, i);
            }

            answers[b] = new(run.RitzValues(b).ToArray(), own, run.ResidualNorms(b).ToArray(), radii, run.Evidence(b));
        }

        return answers;
    }
}
