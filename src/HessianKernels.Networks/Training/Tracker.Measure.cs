using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Networks.Training;

public sealed partial class Tracker<TView>
{
    // What a cancelled search had found so far is no record: the step is looked at again.
    private void Measure(long step, double learningRate, int batchSize, CancellationToken cancellation)
    {
        point.MoveTo(trainer.Parameters);
        if (Due(TrackedQuantity.Loss, step)) this["loss"] = point.Value();
        if (Due(TrackedQuantity.Accuracy, step)) this["accuracy"] = Accuracy(point);
        if (Due(TrackedQuantity.TestLoss, step) || Due(TrackedQuantity.TestAccuracy, step)) MeasureTest(step);
        BatchSampling sampling = trainer.Options.Selection.Sampling(trainer.Examples.Count, batchSize);
        if (Due(TrackedQuantity.BatchSharpness, step) || Due(TrackedQuantity.GradientNoiseInteraction, step)
            || Due(TrackedQuantity.InteractionAwareSharpness, step) || Due(TrackedQuantity.Concentration, step) || Due(TrackedQuantity.LambdaMaxBatch, step))
            MeasureSharpness(step, sampling, cancellation);
        if (Due(TrackedQuantity.LambdaMax, step) || Due(TrackedQuantity.Similarity, step) || Due(TrackedQuantity.GradientCosines, step))
            MeasureEigenpairs(step, cancellation);
        TraceOptions traces = new() { Applications = options.TraceApplications, Seed = SeedOf(step) };
        if (Due(TrackedQuantity.Trace, step))
        {
            TraceEstimate trace = point.Hessian().EstimateTrace(traces, null, cancellation);
            cancellation.ThrowIfCancellationRequested();
            (this["trace"], this["trace_error"]) = (trace.Value, trace.StandardError);
        }

        Momentum momentum = trainer.Options.Momentum;
        if (Due(TrackedQuantity.TraceNoiseKernel, step))
        {
            double trace = point.GaussNewton().EstimateTrace(traces, null, cancellation).Value;
            cancellation.ThrowIfCancellationRequested();
            this["k_tr"] = NoiseKernel.TraceWithMomentum(trace, Rows, learningRate, sampling, momentum.Beta1);
        }

        if (!Due(TrackedQuantity.ExactNoiseKernel, step)) return;
        FunctionSpace space = point.Curvatures(cancellation: cancellation).Reduce(cancellation: cancellation);
        this["k_exact"] = space.Rank == 0 ? 0 : momentum == default && trainer.Options.WeightDecay == 0
            ? new LearningRateSweep(space).Exact(learningRate, sampling, null, cancellation).Value
            : NoiseKernel.ExactWithMomentum(
                space, learningRate, sampling, momentum.Beta1, trainer.Options.WeightDecay, null, null, cancellation).Value;
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>r, the rank of an example's logit Hessian.</summary>
    private int Rows => trainer.Loss is CrossEntropy && trainer.Model.Outputs > 1 ? trainer.Model.Outputs - 1 : trainer.Model.Outputs;

    // Whole words apart for neighbouring steps and seeds: a step's batches are not the next one's, moved.
    private ulong SeedOf(long step) => options.Seed * 0x9E3779B97F4A7C15 + (ulong)step;

    private void MeasureSharpness(long step, BatchSampling sampling, CancellationToken cancellation)
    {
        bool eigenvalues = Due(TrackedQuantity.LambdaMaxBatch, step);
        ModelSharpnessReport report = ModelSharpness.Analyze(
            point, sampling, options.Sharpness with { Seed = SeedOf(step), LargestEigenvalues = eigenvalues }, null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (Due(TrackedQuantity.BatchSharpness, step)) Set("batch_sharpness", report.BatchSharpness);
        if (Due(TrackedQuantity.GradientNoiseInteraction, step)) Set("gni", report.GradientNoiseInteraction);
        if (Due(TrackedQuantity.InteractionAwareSharpness, step)) Set("ias", report.InteractionAwareSharpness);
        if (Due(TrackedQuantity.Concentration, step)) this["rho"] = report.Concentration;
        if (eigenvalues) Set("lambda_max_batch", report.LambdaMaxBatch!.Value);
    }

    private void Set(string column, BatchExpectation value) => (this[column], this[column + "_error"]) = (value.Value, value.StandardError);

    private void MeasureEigenpairs(long step, CancellationToken cancellation)
    {
        int k = options.Eigenpairs, d = point.ParameterCount;
        LanczosOptions lanczos = new()
        {
            Which = SpectrumEnd.Largest, Tolerance = options.EigenpairTolerance, MaximumApplications = options.MaximumApplications,
            Seed = SeedOf(step), FindMultiplicity = false, Validate = false,
        };
        LanczosResult<double> top = point.Hessian().TopK(k, lanczos, vectors, null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        vectors = top.Eigenvectors;
        if (Due(TrackedQuantity.LambdaMax, step))
            for (int i = 0; i < k; i++) this[$"lambda_{i + 1}"] = top.Converged[i] ? top.Eigenvalues[i] : double.NaN;
        if (Due(TrackedQuantity.Similarity, step))
        {
            if (baseline.Length == 0) baseline = vectors;
            for (int i = 0; i < k; i++)
                this[$"similarity_{i + 1}"] = Subspaces.AbsoluteSimilarity<double>(Vector(vectors, i), Vector(baseline, i));
            PrincipalAngles turned = Subspaces.Compare<double>(baseline, vectors, d, new() { Orthonormalize = true });
            this["subspace_distance"] = turned.Distance(options.Distance);
        }

        if (!Due(TrackedQuantity.GradientCosines, step)) return;
        double[] gradient = new double[d];
        point.Space.Read(point.Gradient(), gradient);
        for (int i = 0; i < k; i++) this[$"cosine_{i + 1}"] = Subspaces.AbsoluteSimilarity<double>(gradient, Vector(vectors, i));

        ReadOnlySpan<double> Vector(double[] all, int i) => all.AsSpan(i * d, d);
    }

    private void MeasureTest(long step)
    {
        test!.MoveTo(trainer.Parameters);
        if (Due(TrackedQuantity.TestLoss, step)) this["test_loss"] = test.Value();
        if (Due(TrackedQuantity.TestAccuracy, step)) this["test_accuracy"] = Accuracy(test);
    }

    private static double Accuracy(ModelPoint<TView> point)
    {
        int n = point.Examples, c = point.Outputs, right = 0;
        double[] outputs = new double[n * c], targets = new double[n * c];
        using (ITensorMemory<TView> predicted = point.Space.Allocate(n * c))
        {
            point.Predict(predicted.View);
            point.Space.Read(predicted.View, outputs);
        }

        point.Space.Read(point.Source.Targets, targets);
        for (int i = 0; i < n; i++)
        {
            bool same = c == 1 ? Math.Sign(outputs[i]) == Math.Sign(targets[i]) : Largest(outputs.AsSpan(i * c, c)) == Largest(targets.AsSpan(i * c, c));
            right += same ? 1 : 0;
        }

        return (double)right / n;

        static int Largest(ReadOnlySpan<double> row)
        {
            int best = 0;
            for (int j = 1; j < row.Length; j++)
                if (row[j] > row[best]) best = j;
            return best;
        }
    }
}
