using HessianKernels.Kernels;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;

namespace HessianKernels.Sharpness;

public sealed unsafe partial class ExampleDerivatives
{
    // Vectors whose images are taken in one product.
    private const int Panel = 32;

    /// <summary>
    /// The means that closed forms are made of. Dense Hessians are read twice and take 7 n d^2 flops; factors take 2 n^2 r d flops, or
    /// n d^2 (r + 2) where there are fewer parameters than rows.
    /// </summary>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">threads is below 0.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public GradientMoments Moments(int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (threads == 0) threads = Environment.ProcessorCount;
        int n = Examples, d = Parameters, chunks = (n + Panel - 1) / Panel;
        int lanes = Math.Min(threads, chunks);
        MeanCurvature h = Mean(threads);
        double[] sums = new double[chunks * 4];
        // Two vectors and their two images for an example's own form; a panel's images for the mean's.
        long lane = Math.Max(2L * (d + Rows), (long)Math.Min(Panel, n) * h.Rows);
        double[] work = new double[checked(lanes * lane)];
        double full;
        fixed (double* gradients = Gradients, gradient = Gradient, curvatures = Curvatures, mean = h.Matrix, s = sums, w = work)
        {
            CurvatureForm form = h.Form(mean);
            form.Images(gradient, 1, w, threads);
            full = form.Of(gradient, w, w);
            cancellation.ThrowIfCancellationRequested();
            MomentsJob job = new()
            {
                Derivatives = this, Gradients = gradients, Gradient = gradient, Curvatures = curvatures, Mean = form, Sums = s,
                Work = w, LaneWork = (nint)lane, Cancellation = cancellation,
            };
            ParallelLoop.Run(ref job, chunks, threads);
        }

        double squared = 0;
        foreach (double element in Gradient) squared += element * element;
        double[] total = new double[4];
        for (int at = 0; at < sums.Length; at++) total[at % 4] += sums[at] / n;
        return new(n, Unit * Unit, squared, total[0], full, total[1], total[2], total[3]);
    }

    /// <summary><c>E[g_B^T A g_B] = kappa (1/n) sum_i g_i^T A g_i + alpha g^T A g</c> for a fixed A: n + 1 products.</summary>
    /// <param name="matrix">A, one operator of order d.</param>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <param name="cancellation">Ends the computation between two products.</param>
    /// <exception cref="ArgumentException">
    /// A is more than one operator or of another order, or the sampling of another number of examples.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double ExpectedForm(ILinearOperator<Span<double>> matrix, BatchSampling sampling, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        GradientMoments.ThrowIfOther(sampling, Examples);
        if (matrix.Batch != 1 || matrix.Length != Parameters)
        {
            throw new ArgumentException(
                $"Found {matrix.Batch} operators of order {matrix.Length}; expected one of order d = {Parameters}.", nameof(matrix));
        }

        double[] input = new double[Parameters], output = new double[Parameters];
        double mean = 0;
        for (int i = 0; i < Examples; i++) mean += Form(Gradients.AsSpan(i * Parameters, Parameters)) / Examples;
        return Unit * Unit * (sampling.Kappa * mean + sampling.Alpha * Form(Gradient));

        double Form(ReadOnlySpan<double> x)
        {
            cancellation.ThrowIfCancellationRequested();
            // The operator gets a copy: what it does to its input is its own affair.
            x.CopyTo(input);
            matrix.Apply(input, output);
            fixed (double* at = x, y = output) return Dot.Of(at, y, x.Length);
        }
    }

    /// <summary>A panel of examples: the sums of ||g_i||^2, g_i^T H g_i, g_i^T H_i g and g_i^T H_i g_i.</summary>
    private struct MomentsJob : IChunkJob
    {
        public ExampleDerivatives Derivatives;
        public double* Gradients, Gradient, Curvatures, Sums, Work;
        public nint LaneWork;
        public CurvatureForm Mean;
        public CancellationToken Cancellation;

        public readonly void Run(int chunk, int lane)
        {
            Cancellation.ThrowIfCancellationRequested();
            int d = Derivatives.Parameters, rows = Derivatives.Rows;
            int first = chunk * Panel, count = Math.Min(Panel, Derivatives.Examples - first);
            double* work = Work + lane * LaneWork, x = Gradients + (nint)first * d, sums = Sums + 4 * chunk;
            Mean.Images(x, count, work);
            for (int i = 0; i < count; i++)
            {
                double* g = x + (nint)i * d, image = work + (nint)i * Mean.Rows;
                sums[0] += Dot.Sequential(g, g, d);
                sums[1] += Mean.Of(g, image, image);
            }

            double* vectors = work, images = work + 2 * d;
            for (int i = 0; i < count; i++)
            {
                CurvatureForm own = new((nint)(Curvatures + (nint)(first + i) * rows * d), rows, d, Derivatives.IsFactored);
                Buffer.MemoryCopy(x + (nint)i * d, vectors, d * sizeof(double), d * sizeof(double));
                Buffer.MemoryCopy(Gradient, vectors + d, d * sizeof(double), d * sizeof(double));
                own.Images(vectors, 2, images);
                sums[2] += own.Of(vectors, images, images + rows);
                sums[3] += own.Of(vectors, images, images);
            }
        }
    }
}
