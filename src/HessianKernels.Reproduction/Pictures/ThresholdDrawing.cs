namespace HessianKernels.Reproduction.Pictures;

/// <summary>Lines across the plot, whose names stand where no other name stands.</summary>
internal static class ThresholdDrawing
{
    private const double Size = 11, Ascent = 9, Descent = 3;

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public bool Meets(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }

    public static void Draw(Svg svg, Frame frame, IReadOnlyList<Threshold> thresholds)
    {
        List<Box> taken = [];
        List<(Threshold Threshold, double At)> shown = [];
        foreach (Threshold threshold in thresholds)
        {
            if (!(threshold.Vertical ? frame.XAxis : frame.YAxis).Shows(threshold.Value)) continue;
            double at = threshold.Vertical ? frame.X(threshold.Value) : frame.Y(threshold.Value);
            if (at < 0 || at > (threshold.Vertical ? frame.Width : frame.Height)) continue;
            if (threshold.Vertical) svg.Line("threshold", at, 0, at, frame.Height);
            else svg.Line("threshold", 0, at, frame.Width, at);
            shown.Add((threshold, at));
        }

        // Names last, over every line.
        foreach ((Threshold threshold, double at) in shown)
        {
            double length = TextSize.Width(threshold.Name, Size);
            Box[] places = [.. threshold.Vertical ? Beside(frame, at, length) : Along(frame, at, length)];
            int free = Array.FindIndex(places, place => !taken.Exists(place.Meets));
            Box box = places[Math.Max(0, free)];
            taken.Add(box);
            if (threshold.Vertical) svg.Text("name", box.Right - Descent, box.Bottom, "start", threshold.Name, upwards: true);
            else svg.Text("name", box.Left, box.Bottom - Descent, "start", threshold.Name);
        }
    }

    /// <summary>Above and below a horizontal line, from the right to the left.</summary>
    private static IEnumerable<Box> Along(Frame frame, double y, double length)
    {
        double height = Ascent + Descent;
        foreach (double share in (double[])[1, 0, 0.5])
        {
            double left = Math.Max(2, 4 + share * (frame.Width - 8 - length));
            if (y - height - 1 >= 0) yield return new(left, y - height - 1, left + length, y - 1);
            if (y + height + 2 <= frame.Height) yield return new(left, y + 2, left + length, y + 2 + height);
        }
    }

    /// <summary>To the right and the left of a vertical line, from the top down.</summary>
    private static IEnumerable<Box> Beside(Frame frame, double x, double length)
    {
        double height = Ascent + Descent;
        foreach (double share in (double[])[0, 1, 0.5])
        {
            double top = Math.Max(2, 4 + share * (frame.Height - 8 - length));
            if (x - height - 2 >= 0) yield return new(x - height - 2, top, x - 2, top + length);
            if (x + height + 2 <= frame.Width) yield return new(x + 2, top, x + 2 + height, top + length);
        }
    }
}
