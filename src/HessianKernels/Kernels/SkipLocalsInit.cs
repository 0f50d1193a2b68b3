using System.Runtime.CompilerServices;

// Kernels write their stack arrays before they read them; clearing 16 KiB would cost more than many a kernel.
[module: SkipLocalsInit]
