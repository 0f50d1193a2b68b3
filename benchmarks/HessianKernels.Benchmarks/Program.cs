using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using HessianKernels.Benchmarks;
using HessianKernels.Benchmarks.Comparison;
using HessianKernels.Benchmarks.Experiments;

// comparison ...   against SciPy over OpenBLAS; benchmarks/run-comparison.sh starts it
// crossings FILE   where each criterion crosses its threshold in paper 000's settings, into the table of docs/edge.md
// training FILE    the runs of docs/training.md, their table into it and their curves as CSV into the folder training beside it; ETA B STEPS EVERY for one other
// step-sharpness N  what a training step with its sharpness costs against a plain one, on N threads
// memory KIND N    the peak memory of one run, in a process of its own; the comparison starts it
// --quick ...      every benchmark once, to see that it runs and is right; no figure of it means anything
// ...              BenchmarkDotNet's own arguments
if (args is ["comparison", .. var rest]) return ComparisonRun.Run(rest);
if (args is ["crossings", var file]) return Crossings.Run(file);
if (args is ["training", var page, .. var run]) return TrainingRuns.Run(page, run);
if (args is ["step-sharpness", var count]) return StepSharpnessCost.Run(int.Parse(count));
if (args is ["memory", var kind, var n]) return MemoryCase.Child(kind, int.Parse(n));

bool quick = args.Contains("--quick");
Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly)
    .Run([.. args.Where(argument => argument != "--quick")], new BenchmarkConfig(quick))];

// A check that fails in a set-up is a failed run.
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
