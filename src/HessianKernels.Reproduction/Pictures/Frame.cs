namespace HessianKernels.Reproduction.Pictures;

/// <summary>Where the plot lies in the picture, and where numbers lie in the plot.</summary>
internal sealed class Frame(Axis x, Axis y, (double Min, double Max) xRange, (double Min, double Max) yRange, double width, double height)
{
    public double Width => width;

    public double Height => height;

    public Axis XAxis => x;

    public Axis YAxis => y;

    /// <summary>Pixels from the plot's left edge.</summary>
    public double X(double value) => Share(x, xRange, value) * width;

    /// <summary>Pixels from the plot's upper edge.</summary>
    public double Y(double value) => (1 - Share(y, yRange, value)) * height;

    public bool Shows(double atX, double atY) => x.Shows(atX) && y.Shows(atY);

    public static Tick[] Marks(Axis axis, (double Min, double Max) range, double pixels, double each)
    {
        int most = Math.Clamp((int)(pixels / each), 2, 9);
        return axis.Scale == AxisScale.Log ? Ticks.Log(range.Min, range.Max, most) : Ticks.Linear(range.Min, range.Max, most);
    }

    private static double Share(Axis axis, (double Min, double Max) range, double value)
    {
        double share = axis.Scale == AxisScale.Log
            ? Math.Log(value / range.Min) / Math.Log(range.Max / range.Min)
            : (value - range.Min) / (range.Max - range.Min);
        // Far outside is as good as outside, and no number is too long for a reader of SVG.
        return Math.Clamp(share, -20, 21);
    }
}
