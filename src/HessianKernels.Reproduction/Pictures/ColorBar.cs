namespace HessianKernels.Reproduction.Pictures;

/// <summary>What the colours of a map stand for, on its right.</summary>
internal static class ColorBar
{
    private const double Bar = 14, Size = 11;

    public static double Width(HeatMap map) => 14 + Bar + 8 + Marks(map).Max(tick => TextSize.Width(tick.Label, Size)) + 20;

    public static void Draw(Svg svg, HeatMap map, double left, double top, double height)
    {
        double each = height / Theme.Levels;
        for (int level = 0; level < Theme.Levels; level++)
            svg.Element(
                "rect", ("class", $"h{level}"), ("x", Svg.Of(left)), ("y", Svg.Of(top + height - (level + 1) * each)),
                    ("width", Svg.Of(Bar)),
                ("height", Svg.Of(each + 0.3)), ("shape-rendering", "crispEdges"));
        svg.Element("rect", ("class", "axis"), ("x", Svg.Of(left)), ("y", Svg.Of(top)), ("width", Svg.Of(Bar)), ("height", Svg.Of(height)));
        foreach (Tick tick in Marks(map))
        {
            // The middle of a level stands for its number.
            double share = (tick.Value - map.Low) / (map.High - map.Low);
            svg.Text("small", left + Bar + 5, top + height - each / 2 - share * (height - each) + 4, "start", tick.Label);
        }

        double right = left + Bar + 8 + Marks(map).Max(tick => TextSize.Width(tick.Label, Size)) + 12;
        svg.Text("small", right, top + height / 2, "middle", map.Name, upwards: true);
    }

    private static Tick[] Marks(HeatMap map) => Ticks.Linear(map.Low, map.High, 6);
}
