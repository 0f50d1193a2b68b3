using System.Runtime.CompilerServices;

// Kernels write their stack arrays before they read them.
[module: SkipLocalsInit]
