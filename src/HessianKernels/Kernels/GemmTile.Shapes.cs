namespace HessianKernels.Kernels;

internal static unsafe partial class GemmTile
{
    private readonly struct Shape8X3 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 3;
        public static bool Partial => false;
    }

    private readonly struct Shape8X2 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 2;
        public static bool Partial => false;
    }

    private readonly struct Shape8X1 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 1;
        public static bool Partial => false;
    }

    private readonly struct Shape4X3 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 3;
        public static bool Partial => false;
    }

    private readonly struct Shape4X2 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 2;
        public static bool Partial => false;
    }

    private readonly struct Shape4X1 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 1;
        public static bool Partial => false;
    }

    private readonly struct Partial9X3 : ITileShape
    {
        public static int Rows => 9;
        public static int Vectors => 3;
        public static bool Partial => true;
    }

    private readonly struct Partial9X2 : ITileShape
    {
        public static int Rows => 9;
        public static int Vectors => 2;
        public static bool Partial => true;
    }

    private readonly struct Partial9X1 : ITileShape
    {
        public static int Rows => 9;
        public static int Vectors => 1;
        public static bool Partial => true;
    }

    private readonly struct Partial8X3 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 3;
        public static bool Partial => true;
    }

    private readonly struct Partial8X2 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 2;
        public static bool Partial => true;
    }

    private readonly struct Partial8X1 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 1;
        public static bool Partial => true;
    }

    private readonly struct Partial4X3 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 3;
        public static bool Partial => true;
    }

    private readonly struct Partial4X2 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 2;
        public static bool Partial => true;
    }

    private readonly struct Partial4X1 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 1;
        public static bool Partial => true;
    }
}
