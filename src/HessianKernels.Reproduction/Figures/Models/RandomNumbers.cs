namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A stream of random numbers named by a seed and its own number: streams that differ in either share nothing.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a counter, and a mixing of its bits.</remarks>
internal sealed class RandomNumbers(ulong seed, ulong stream)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = Mix(seed ^ Step) ^ Mix(Mix(stream ^ 0xD1B54A32D192ED03));
    private double _spare = double.NaN;

    public ulong Word() => Mix(_state += Step);

    /// <summary>In [0, 1).</summary>
    public double Uniform() => (Word() >> 11) * (1.0 / (1L << 53));

    /// <summary>One of 0 .. n - 1.</summary>
    public int Below(int n) => (int)Math.BigMul(Word(), (ulong)n, out _);

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            double kept = _spare;
            _spare = double.NaN;
            return kept;
        }

        double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * Uniform());
        _spare = radius * sine;
        return radius * cosine;
    }

    public double[] Normals(int count)
    {
        double[] numbers = new double[count];
        foreach (ref double number in numbers.AsSpan()) number = Normal();
        return numbers;
    }

    /// <summary>Moves b different items, every subset alike, to the front.</summary>
    public void Choose(int b, Span<int> items)
    {
        for (int k = 0; k < b; k++)
        {
            int other = k + Below(items.Length - k);
            (items[k], items[other]) = (items[other], items[k]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
