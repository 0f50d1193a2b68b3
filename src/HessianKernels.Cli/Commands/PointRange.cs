using System.Globalization;

namespace HessianKernels.Cli.Commands;

/// <summary>The learning rates and batch sizes that the user asks for: one of each, or a sweep.</summary>
internal sealed record PointRange(double[] LearningRates, int[] BatchSizes, bool IsSweep)
{
    private const int MostSteps = 100_000;

    public int Points => LearningRates.Length * BatchSizes.Length;

    /// <param name="rates">ETA, or FROM:TO:STEPS: both ends and what lies evenly between.</param>
    /// <param name="batches">B, or B1,B2,...</param>
    public static PointRange Of(string rates, string batches)
    {
        string[] parts = rates.Split(':');
        const string Expected = "a finite number above 0, or FROM:TO:STEPS";
        BadInputException.Unless(parts.Length is 1 or 3, $"--lr: found '{rates}'; expected {Expected}");
        double[] ends = [.. parts[..Math.Min(parts.Length, 2)].Select(part => Number(part, rates))];
        double[] learningRates = ends;
        if (parts.Length == 3)
        {
            bool isWhole = int.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int steps);
            BadInputException.Unless(
                isWhole && steps is >= 2 and <= MostSteps,
                $"--lr: found {parts[2]} steps in '{rates}'; expected a whole number, 2 to {MostSteps}");
            BadInputException.Unless(ends[0] < ends[1], $"--lr: found '{rates}'; expected FROM below TO");
            learningRates = [.. Enumerable.Range(0, steps)
                .Select(i => i == steps - 1 ? ends[1] : ends[0] + i * ((ends[1] - ends[0]) / (steps - 1)))];
        }

        int[] sizes = [.. batches.Split(',').Select(Size)];
        return new(learningRates, sizes, parts.Length == 3 || sizes.Length > 1);

        int Size(string part)
            => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int size)
                ? size
                : throw new BadInputException($"--batch: found '{batches}'; expected a whole number, or several with commas between");

        static double Number(string part, string whole)
        {
            bool isNumber = double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            BadInputException.Unless(
                isNumber && value > 0 && double.IsFinite(value),
                $"--lr: found '{part}'{(part == whole ? "" : $" in '{whole}'")}; expected {Expected}");
            return value;
        }
    }
}
