using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>
/// Lines of a factor side by side, as tiles read them:
/// <code>for (l &lt; depth) for (i &lt; width) panel[l * width + i] = i &lt; lines ? source[i * line + l * step] : 0;</code>
/// Floats may be widened on the way.
/// </summary>
internal static unsafe class GemmPanel
{
    private const int Block = 8, StepsAhead = 16;

    /// <summary>Packs one panel; its width is a multiple of 8, and <paramref name="line"/> or <paramref name="step"/> is 1.</summary>
    public static void Pack<TSource, T>(TSource* source, nint line, nint step, int lines, int width, int depth, T* panel)
        where TSource : unmanaged, IBinaryFloatingPointIeee754<TSource>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (line == 1) PackAcross(source, step, lines, width, depth, panel);
        else PackAlong(source, line, lines, width, depth, panel);
    }

    /// <summary>The hardware foresees a run of memory, not the jump to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<T>(T* source, int count)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < count; i += 64 / sizeof(T)) Sse.Prefetch0(source + i);
    }

    /// <summary>8 of a packed panel's lines on their own: <code>for (l &lt; depth) for (i &lt; 8) lines[l * 8 + i] = panel[l * width + i];</code></summary>
    public static void CopyLines<T>(T* panel, int width, int depth, T* lines)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int l = 0; l < depth; l++, panel += width, lines += Block)
        {
            if (sizeof(T) == sizeof(double)) Vector512.Load((double*)panel).Store((double*)lines);
            else Vector256.Load((float*)panel).Store((float*)lines);
        }
    }

    /// <summary><code>for (l &lt; depth) for (i &lt; width) panel[l * width + i] *= scale[l];</code></summary>
    public static void Scale<T>(T* panel, int width, int depth, T* scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int l = 0; l < depth; l++, panel += width)
            for (int i = 0; i < width; i += Vector512<T>.Count)
                (Vector512.Create(scale[l]) * Vector512.Load(panel + i)).Store(panel + i);
    }

    /// <summary>
    /// Clears what is above the diagonal, and weights what is on it, in a packed panel of columns of which the element (l, i) is on the
    /// diagonal where
    /// <c>i = l + offset</c>.
    /// </summary>
    public static void KeepLower<T>(T* panel, int width, int depth, int offset, T diagonal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int l = 0; l < depth; l++, panel += width)
        {
            int on = l + offset;
            if (on >= width) return;
            panel[on] *= diagonal;
            new Span<T>(panel + on + 1, width - on - 1).Clear();
        }
    }

    /// <summary>Lines that are columns: each step is a run of memory.</summary>
    private static void PackAcross<TSource, T>(TSource* source, nint step, int lines, int width, int depth, T* panel)
        where TSource : unmanaged, IBinaryFloatingPointIeee754<TSource>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int l = 0; l < depth; l++, source += step, panel += width)
        {
            Prefetch(source + StepsAhead * step, lines);
            int i = 0;
            if (typeof(T) == typeof(float))
                for (; i <= lines - 2 * Block; i += 2 * Block) Vector512.Load((T*)source + i).Store(panel + i);
            for (; i <= lines - Block; i += Block) Copy(source + i, panel + i);
            for (; i < lines; i++) panel[i] = T.CreateTruncating(source[i]);
            for (; i < width; i++) panel[i] = T.Zero;
        }
    }

    /// <summary>Lines that are rows: eight by eight, turned around in registers.</summary>
    private static void PackAlong<TSource, T>(TSource* source, nint line, int lines, int width, int depth, T* panel)
        where TSource : unmanaged, IBinaryFloatingPointIeee754<TSource>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < width; i += Block, source += Block * line)
        {
            int count = Math.Clamp(lines - i, 0, Block), l = 0;
            if (count == Block)
            {
                for (; l <= depth - Block; l += Block) Transpose(source + l, line, panel + i + (nint)l * width, width);
            }

            for (; l < depth; l++)
            {
                T* destination = panel + i + (nint)l * width;
                for (int r = 0; r < count; r++) destination[r] = T.CreateTruncating(source[r * line + l]);
                for (int r = count; r < Block; r++) destination[r] = T.Zero;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<TSource, T>(TSource* source, T* destination)
        where TSource : unmanaged
        where T : unmanaged
    {
        if (typeof(T) == typeof(double)) LoadDouble(source).Store((double*)destination);
        else Vector256.Load((T*)source).Store(destination);
    }

    /// <summary>Eight doubles, from as many or from floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LoadDouble<TSource>(TSource* source)
        where TSource : unmanaged
    {
        if (typeof(TSource) == typeof(double)) return Vector512.Load((double*)source);
        Vector256<float> narrow = Vector256.Load((float*)source);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Double(narrow);
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(narrow);
        return Vector512.Create(low, high);
    }

    /// <summary><c>destination[l * width + i] = source[i * line + l]</c> for i and l below 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose<TSource, T>(TSource* source, nint line, T* destination, nint width)
        where TSource : unmanaged, IBinaryFloatingPointIeee754<TSource>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double) && Avx512F.IsSupported) TransposeDouble(source, line, (double*)destination, width);
        else if (typeof(T) == typeof(float) && Avx.IsSupported) TransposeSingle((float*)source, line, (float*)destination, width);
        else
        {
            for (int l = 0; l < Block; l++)
                for (int i = 0; i < Block; i++)
                    destination[l * width + i] = T.CreateTruncating(source[i * line + l]);
        }
    }

    private static void TransposeDouble<TSource>(TSource* s, nint line, double* d, nint width)
        where TSource : unmanaged
    {
        Vector512<double> r0 = LoadDouble(s), r1 = LoadDouble(s + line), r2 = LoadDouble(s + 2 * line), r3 = LoadDouble(s + 3 * line);
        s += 4 * line;
        Vector512<double> r4 = LoadDouble(s), r5 = LoadDouble(s + line), r6 = LoadDouble(s + 2 * line), r7 = LoadDouble(s + 3 * line);

        // Pairs within lanes of 128 bits, then the lanes, each a 4 x 4 transpose: even columns of the low halves, odd ones of the high.
        Columns(Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), Avx512F.UnpackLow(r4, r5), Avx512F.UnpackLow(r6, r7), d, 2 * width);
        Columns(Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), Avx512F.UnpackHigh(r4, r5), Avx512F.UnpackHigh(r6, r7), d + width, 2 * width);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Columns(Vector512<double> t0, Vector512<double> t1, Vector512<double> t2, Vector512<double> t3, double* d, nint next)
        {
            const byte Even = 0x88, Odd = 0xDD;
            Vector512<double> even0 = Avx512F.Shuffle4x128(t0, t1, Even), odd0 = Avx512F.Shuffle4x128(t0, t1, Odd);
            Vector512<double> even1 = Avx512F.Shuffle4x128(t2, t3, Even), odd1 = Avx512F.Shuffle4x128(t2, t3, Odd);
            Avx512F.Shuffle4x128(even0, even1, Even).Store(d);
            Avx512F.Shuffle4x128(odd0, odd1, Even).Store(d + next);
            Avx512F.Shuffle4x128(even0, even1, Odd).Store(d + 2 * next);
            Avx512F.Shuffle4x128(odd0, odd1, Odd).Store(d + 3 * next);
        }
    }

    private static void TransposeSingle(float* s, nint line, float* d, nint width)
    {
        Half(s, s + 4 * line, line, d, width);
        Half(s + 4, s + 4 * line + 4, line, d + 4 * width, width);

        // Four columns: rows 0 to 3 in the low lanes, 4 to 7 in the high.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Half(float* low, float* high, nint line, float* d, nint width)
        {
            Vector256<float> r0 = Vector256.Create(Vector128.Load(low), Vector128.Load(high));
            Vector256<float> r1 = Vector256.Create(Vector128.Load(low + line), Vector128.Load(high + line));
            Vector256<float> r2 = Vector256.Create(Vector128.Load(low + 2 * line), Vector128.Load(high + 2 * line));
            Vector256<float> r3 = Vector256.Create(Vector128.Load(low + 3 * line), Vector128.Load(high + 3 * line));
            Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
            Avx.Shuffle(low01, low23, 0x44).Store(d);
            Avx.Shuffle(low01, low23, 0xEE).Store(d + width);
            Avx.Shuffle(high01, high23, 0x44).Store(d + 2 * width);
            Avx.Shuffle(high01, high23, 0xEE).Store(d + 3 * width);
        }
    }
}
