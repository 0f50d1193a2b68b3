using HessianKernels.Kernels;
using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

public sealed unsafe partial class ExampleDerivatives
{
    /// <summary>
    /// What one step of SGD does to the loss, taken as quadratic. Takes a matrix of order min(n, d) or two, and the extreme eigenvalues of
    /// H and C_1.
    /// </summary>
    /// <param name="sampling">How batches are drawn from these n examples; not custom.</param>
    /// <param name="learningRate">eta, above 0 and finite.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="ArgumentException">The sampling is custom, or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">eta is not above 0 and finite, or threads below 0.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LossChange LossChange(BatchSampling sampling, double learningRate, int threads = 0, CancellationToken cancellation = default)
    {
        GradientMoments.ThrowIfOther(sampling, Examples);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (sampling.Scheme == BatchScheme.Custom)
            throw new ArgumentException("Found a custom scheme, whose batches' covariance is not known.", nameof(sampling));
        if (!(learningRate > 0 && double.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(learningRate), learningRate, $"Found eta = {learningRate}; expected a finite number above 0.");
        }

        if (threads == 0) threads = Environment.ProcessorCount;
        int n = Examples, d = Parameters;
        double eta = learningRate, kappa = sampling.Kappa, unit = Unit * Unit;
        GradientMoments moments = Moments(threads, cancellation);
        MeanCurvature mean = Mean(threads);

        // Bernoulli batches vary in size too: their covariance is about 0.
        double[] centred = [.. Gradients], toCentre = sampling.Scheme == BatchScheme.Bernoulli ? new double[d] : Gradient;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < d; j++) centred[i * d + j] -= toCentre[j];
        double interaction, covariance, along = 0;
        fixed (double* c = centred, g = Gradient, h = mean.Matrix)
        {
            CurvatureForm form = mean.Form(h);
            foreach (double inner in Inner(form, c, g, eta)) along += inner * inner / n;
            cancellation.ThrowIfCancellationRequested();
            (interaction, covariance) = mean.IsDense && d <= n
                ? OverParameters(c, h, threads, cancellation)
                : OverExamples(form, c, threads, cancellation);
        }

        (double least, double most) = mean.ExtremeEigenvalues(threads, cancellation);
        return new(sampling, eta)
        {
            Mean = eta * (eta / 2 * moments.FullHessianForm(sampling) - moments.SquaredGradient),
            Variance = eta * eta * kappa * (along + eta * eta * kappa / 2 * interaction) * unit * unit,
            UpperScale = eta * eta * kappa * Math.Max(0, most) * covariance * unit,
            LowerScale = eta * eta * kappa * Math.Max(0, -least) * covariance * unit,
        };
    }

    /// <summary><c>x_i^T (I - eta H) g</c> of every row x_i.</summary>
    private double[] Inner(CurvatureForm form, double* x, double* g, double eta)
    {
        double[] inner = new double[Examples], image = new double[form.Rows], of = new double[form.Rows];
        fixed (double* imageOfG = image, imageOfX = of)
        {
            form.Images(g, 1, imageOfG);
            for (int i = 0; i < Examples; i++)
            {
                double* at = x + (nint)i * Parameters;
                if (form.Factored) form.Images(at, 1, imageOfX);
                inner[i] = Dot.Of(at, g, Parameters) - eta * form.Of(at, imageOfX, imageOfG);
            }
        }

        return inner;
    }

    /// <summary>tr(H C H C) and ||C||, with C as the matrix [d, d].</summary>
    private (double Interaction, double Norm) OverParameters(double* x, double* h, int threads, CancellationToken cancellation)
    {
        int n = Examples, d = Parameters;
        double[] covariance = new double[d * d], product = new double[d * d];
        double trace = 0;
        fixed (double* c = covariance, hc = product)
        {
            Gemm.MultiplyLower(true, false, d, n, 1.0 / n, x, d, x, d, 0, c, d, threads);
            for (int i = 0; i < d; i++)
                for (int j = 0; j < i; j++) c[j * d + i] = c[i * d + j];
            Gemm.Multiply(false, false, d, d, d, 1, h, d, c, d, 0, hc, d, threads);
            for (int i = 0; i < d; i++)
                for (int j = 0; j < d; j++) trace += hc[i * d + j] * hc[j * d + i];
        }

        return (trace, Sharpness.LargestEigenvalue.Of(covariance, d, seed: 0, threads: threads, cancellation: cancellation));
    }

    /// <summary>The same with the Gram matrices <c>X H X^T / n</c>, whose squares sum to the trace, and <c>X X^T / n</c>, [n, n].</summary>
    private (double Interaction, double Norm) OverExamples(CurvatureForm form, double* x, int threads, CancellationToken cancellation)
    {
        int n = Examples, d = Parameters;
        double[] images = new double[checked(n * form.Rows)], gram = new double[checked(n * n)];
        double squares = 0;
        fixed (double* y = images, m = gram)
        {
            form.Images(x, n, y, threads);
            cancellation.ThrowIfCancellationRequested();
            if (form.Factored) Gemm.MultiplyLower(false, true, n, form.Rows, form.Scale / n, y, form.Rows, y, form.Rows, 0, m, n, threads);
            else Gemm.MultiplyLower(false, true, n, d, 1.0 / n, x, d, y, d, 0, m, n, threads);
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++) squares += (i == j ? 1 : 2) * m[(nint)i * n + j] * m[(nint)i * n + j];
            cancellation.ThrowIfCancellationRequested();
            Gemm.MultiplyLower(false, true, n, d, 1.0 / n, x, d, x, d, 0, m, n, threads);
        }

        return (squares, Sharpness.LargestEigenvalue.Of(gram, n, seed: 0, threads: threads, cancellation: cancellation));
    }
}
