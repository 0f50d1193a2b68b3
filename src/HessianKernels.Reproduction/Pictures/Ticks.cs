using System.Globalization;

namespace HessianKernels.Reproduction.Pictures;

/// <summary>A mark on an axis.</summary>
/// <param name="Value">Where.</param>
/// <param name="Label">What is written there; empty for a mark without a number.</param>
public readonly record struct Tick(double Value, string Label);

/// <summary>Round numbers between two ends.</summary>
public static class Ticks
{
    private const string Digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Multiples of 1, 2, 2.5 or 5 times a power of ten, both ends included where they are such.</summary>
    /// <param name="min">The lower end, finite.</param>
    /// <param name="max">The upper end, finite and above min.</param>
    /// <param name="most">How many at most, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ends are not in order, or not finite, or most is below 2.</exception>
    public static Tick[] Linear(double min, double max, int most = 7)
    {
        Check(min, max, most);
        double width = max - min, power = Math.Pow(10, Math.Floor(Math.Log10(width / most)));
        double step = power;
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 2.5, 5, 10, 20])
        {
            step = factor * power;
            if (Count(min, max, step) <= most) break;
        }

        long first = (long)Math.Ceiling(min / step - 1e-9), last = (long)Math.Floor(max / step + 1e-9);
        double[] values = new double[last - first + 1];
        for (int i = 0; i < values.Length; i++) values[i] = (first + i) * step;
        return [.. values.Zip(Labels(values, step), (value, label) => new Tick(value, label))];
    }

    /// <summary>
    /// Powers of ten, every second or further one where they are many; where they are few also twice and five times those, and where even
    /// those are few the linear marks.
    /// </summary>
    /// <param name="min">The lower end, above 0.</param>
    /// <param name="max">The upper end, above min.</param>
    /// <param name="most">How many at most, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ends are not in order or not above 0, or most is below 2.</exception>
    public static Tick[] Log(double min, double max, int most = 8)
    {
        Check(min, max, most);
        if (!(min > 0)) throw new ArgumentOutOfRangeException(nameof(min), min, $"Found {min}; expected a number above 0.");
        int low = (int)Math.Ceiling(Math.Log10(min) - 1e-9), high = (int)Math.Floor(Math.Log10(max) + 1e-9), decades = high - low + 1;
        if (decades >= 3 || (decades == 2 && max / min > 50))
        {
            int every = (decades + most - 1) / most;
            // Written out where all of them are short, else all as powers.
            bool plain = low >= -3 && high <= 4;
            List<Tick> ticks = [];
            for (int power = low; power <= high; power++)
                if (((power % every) + every) % every == 0) ticks.Add(
                    new(Math.Pow(10, power), plain ? Number(Math.Pow(10, power)) : Ten(power)));
            return [.. ticks];
        }

        List<Tick> marks = [];
        for (int power = low - 1; power <= high; power++)
        {
            foreach (int factor in (ReadOnlySpan<int>)[1, 2, 5])
            {
                double value = factor * Math.Pow(10, power);
                if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) marks.Add(new(value, Number(value)));
            }
        }

        return marks.Count >= 3 ? [.. marks] : Linear(min, max, Math.Min(most, 6));
    }

    /// <summary>A number as it is written beside a mark: a true minus, powers of ten beyond five digits.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        if (value == 0 || (size >= 1e-3 && size < 1e5)) return Minus(value.ToString("0.######", CultureInfo.InvariantCulture));
        int power = (int)Math.Floor(Math.Log10(size) + 1e-9);
        string mantissa = Minus((value / Math.Pow(10, power)).ToString("0.###", CultureInfo.InvariantCulture));
        return Scientific(mantissa, power);
    }

    private static string Ten(int power)
        => "10" + (power < 0 ? "⁻" : "")
            + string.Concat(Math.Abs(power).ToString(CultureInfo.InvariantCulture).Select(digit => Digits[digit - '0']));

    private static string Minus(string text) => text.StartsWith('-') ? "−" + text[1..] : text;

    /// <summary>All with the decimals that the step needs, so that they read as one scale.</summary>
    private static IEnumerable<string> Labels(double[] values, double step)
    {
        double largest = values.Length == 0 ? 0 : values.Max(Math.Abs);
        if (largest >= 1e5 || (largest > 0 && largest < 1e-3))
        {
            int power = (int)Math.Floor(Math.Log10(largest) + 1e-9);
            double unit = Math.Pow(10, power);
            string format = "0." + new string('#', Decimals(step / unit));
            return values.Select(value => value == 0 ? "0"
                : Scientific(Minus((value / unit).ToString(format, CultureInfo.InvariantCulture)), power));
        }

        string plain = "F" + Decimals(step);
        // A zero that rounding left a sign on is zero.
        return values.Select(value => Minus((value == 0 ? 0.0 : value).ToString(plain, CultureInfo.InvariantCulture)));
    }

    /// <summary>How many a step takes.</summary>
    private static int Decimals(double step)
    {
        int decimals = 0;
        for (double rest = step; decimals < 15 && Math.Abs(rest - Math.Round(rest)) > 1e-6 * rest; decimals++) rest *= 10;
        return decimals;
    }

    private static string Scientific(string mantissa, int power)
        => mantissa is "1" or "−1" ? mantissa[..^1] + Ten(power) : $"{mantissa}×{Ten(power)}";

    private static double Count(double min, double max, double step) => Math.Floor(max / step + 1e-9) - Math.Ceiling(min / step - 1e-9) + 1;

    private static void Check(double min, double max, int most)
    {
        if (!(double.IsFinite(min) && double.IsFinite(max) && min < max))
            throw new ArgumentOutOfRangeException(nameof(max), max,
                $"Found the ends {min} and {max}; expected finite ends, the lower one first.");
        if (most < 2) throw new ArgumentOutOfRangeException(nameof(most), most, $"Found {most}; expected at least 2.");
    }
}
