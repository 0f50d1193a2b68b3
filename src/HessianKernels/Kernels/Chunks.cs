namespace HessianKernels.Kernels;

/// <summary>
/// How a vector is cut for threads: at most 64 equal pieces of at least 8192 elements, by its length alone. Partial sums are
/// kept a piece and added in the order of the pieces.
/// </summary>
internal readonly struct Chunks
{
    public const int Most = 64;
    private const int Smallest = 8192;

    public Chunks(int length)
    {
        Length = length;
        (Size, Count) = (Smallest, 1);
        // Two divisions would be felt where the whole vector is a few lines.
        if (length <= Smallest) return;
        Size = Math.Max(Smallest, (int)((((long)length + Most - 1) / Most + 63) & ~63L));
        Count = (int)(((long)length + Size - 1) / Size);
    }

    public int Length { get; }
    public int Size { get; }
    public int Count { get; }

    public int Start(int chunk) => chunk * Size;
    public int LengthOf(int chunk) => Math.Min(Size, Length - chunk * Size);
}
