using System.Diagnostics;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;

namespace HessianKernels.Benchmarks.Experiments;

/// <summary>What a step with its sharpness costs against a plain one, in one run, step and step in turn: the medians and their
/// ratio.</summary>
internal static class StepSharpnessCost
{
    public static int Run(int threads)
    {
        Measure("mlp:3072-512-512-10:relu", 128, 40, threads);
        Measure("mlp:3072-512-512-10:relu", 512, 20, threads);
        Measure("mlp:784-32-32-32-32-10:relu", 128, 400, threads);
        Measure("mlp:784-256-256-1:erf", 128, 100, threads);
        Measure("mlp:20-32-32-1:tanh", 32, 2000, threads);
        Measure("cnn5:3x32x32-10", 64, 12, threads);
        return 0;
    }

    private static void Measure(string text, int size, int steps, int threads)
    {
        Model model = ModelSpec.Parse(text);
        CpuTensorSpace<float> space = new(threads);
        using ModelExamples<Span<float>> examples = new(space, model, 2 * size);
        Random random = new(1);
        foreach (ref float x in examples.Inputs) x = random.NextSingle() - 0.5f;
        foreach (ref float y in examples.Targets) y = random.NextSingle() - 0.5f;
        TrainingOptions options = new() { LearningRate = 1e-4, BatchSize = size };
        using Trainer<Span<float>> plain = new(space, model, new MeanSquaredError(), examples, options), sharp = new(space, model, new MeanSquaredError(), examples, options, true);
        double[] initial = Initialization.PyTorch.Parameters<double>(model, 1);
        plain.Start(initial);
        sharp.Start(initial);
        double[] without = new double[steps], with = new double[steps];
        for (int step = -steps / 4; step < steps; step++)
        {
            double first = Time(plain), second = Time(sharp);
            if (step >= 0) (without[step], with[step]) = (first, second);
        }

        Array.Sort(without);
        Array.Sort(with);
        Console.WriteLine(FormattableString.Invariant(
            $"{text}, b = {size}, {threads} threads: plain {without[steps / 2]:0.000} ms, with sharpness {with[steps / 2]:0.000} ms, ratio {with[steps / 2] / without[steps / 2]:0.00} (least of each {with[0] / without[0]:0.00})"));
    }

    private static double Time(Trainer<Span<float>> trainer)
    {
        long start = Stopwatch.GetTimestamp();
        trainer.Run(trainer.Step + 1);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
