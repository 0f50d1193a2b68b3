using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;

namespace HessianKernels;

/// <summary>
/// The memory of Lanczos runs, taken once: a run given a workspace allocates 0 bytes. For one order n, number of pairs k and set
/// of options, and any number of runs, one at a time.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class LanczosWorkspace<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _memory, _start;
    private readonly double[] _host;
    private readonly int[] _integers;
    private readonly LanczosItem[] _items;

    internal LanczosWorkspace(in LanczosSettings settings, int lanes)
    {
        Layout = new(settings);
        Lanes = lanes;
        long elements = Layout.Elements * lanes;
        if (elements > Array.MaxLength)
            throw new ArgumentException(
                $"The run needs {elements} elements of memory; an array holds at most {Array.MaxLength}. Lower MaximumBasis (now {settings.Basis}) or k.");
        if (Layout.HostDoubles * lanes > Array.MaxLength)
            throw new ArgumentException(
                $"The run needs {Layout.HostDoubles * lanes} doubles for small matrices; an array holds at most {Array.MaxLength}. Lower MaximumBasis (now {settings.Basis}) or k.");
        // Pinned, so that its address may be kept; not cleared, since every run writes before it reads.
        _memory = GC.AllocateUninitializedArray<T>((int)elements, pinned: true);
        _start = new T[settings.Length];
        _host = new double[Layout.HostDoubles * lanes];
        _integers = new int[Layout.HostIntegers * lanes];
        _items = new LanczosItem[(long)settings.Batch * lanes];
    }

    internal LanczosLayout Layout { get; }

    /// <summary>Operators that can be solved at the same time, each on a thread of its own.</summary>
    public int Lanes { get; }

    /// <summary>The vector that every item of a batch begins from.</summary>
    internal Span<T> Start => _start;

    internal Span<T> Memory(int lane) => _memory.AsSpan(checked((int)(lane * Layout.Elements)), (int)Layout.Elements);
    internal Span<double> Host(int lane) => _host.AsSpan(checked((int)(lane * Layout.HostDoubles)), (int)Layout.HostDoubles);
    internal Span<int> Integers(int lane) => _integers.AsSpan(checked((int)(lane * Layout.HostIntegers)), (int)Layout.HostIntegers);
    internal Span<LanczosItem> Items(int lane) => _items.AsSpan(lane * Layout.Batch, Layout.Batch);

    /// <summary>A workspace for dense matrices.</summary>
    /// <param name="n">Order of the matrices, at least 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="options">The options of the runs to come.</param>
    /// <param name="lanes">Matrices of a batch solved at a time; 0 for one a processor. One is enough for a single matrix.</param>
    /// <exception cref="ArgumentException">A number is out of its range; the message names it.</exception>
    public static LanczosWorkspace<T> ForMatrix(int n, int k, LanczosOptions? options = null, int lanes = 1)
        => new(LanczosSettings.From(options, AtLeastOne(n), 1, k, ElementType.Epsilon<T>(), storeProducts: true), LanesOf(lanes));

    /// <summary>A workspace for an operator given by its products.</summary>
    /// <inheritdoc cref="ForMatrix"/>
    public static LanczosWorkspace<T> ForOperator(int n, int k, LanczosOptions? options = null, int lanes = 1)
        => new(LanczosSettings.From(options, AtLeastOne(n), 1, k, ElementType.Epsilon<T>(), storeProducts: false), LanesOf(lanes));

    internal void ThrowIfOther(in LanczosSettings settings)
    {
        LanczosLayout needed = new(settings);
        if (needed != Layout)
            throw new ArgumentException($"The workspace was made for {Describe(Layout)}; this run needs {Describe(needed)}.", "workspace");
    }

    private static string Describe(LanczosLayout layout)
        => $"n = {layout.Length}, k = {layout.Wanted}, batch = {layout.Batch}, MaximumBasis = {layout.Basis}, StoreProducts = {layout.StoreProducts}";

    private static int AtLeastOne(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return n;
    }

    private static int LanesOf(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lanes);
        return lanes == 0 ? Environment.ProcessorCount : lanes;
    }
}
