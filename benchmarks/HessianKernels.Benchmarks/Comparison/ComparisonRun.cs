namespace HessianKernels.Benchmarks.Comparison;
internal static class ComparisonRun { public static int Run(string[] a) => 0; }
internal static class MemoryCase { public static int Child(string kind, int n) => 0; }
