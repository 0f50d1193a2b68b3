using System.Globalization;

namespace HessianKernels.Reproduction.Pictures;

public sealed partial record Chart
{
    private const double LabelSize = 12, SmallSize = 11, TitleSize = 14, Edge = 12, TickLength = 4, LeastPlot = 100;

    /// <summary>Draws the chart.</summary>
    /// <returns>A whole SVG document, the same for the same chart.</returns>
    /// <exception cref="ArgumentException">x and y of a series differ in number, or a map's values are not rows times columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is too small, or an axis ends where it begins.</exception>
    public string ToSvg()
    {
        Check();
        bool maps = Series.Any(series => series is HeatMap);
        (double Min, double Max) xs = Range(X, Series.SelectMany(s => s.Xs).Concat(ThresholdsOf(vertical: true)), maps);
        (double Min, double Max) ys = Range(Y, Series.SelectMany(s => s.Ys).Concat(ThresholdsOf(vertical: false)), maps);

        List<string> title = TextSize.Wrap(Title, Width - 2 * Edge, TitleSize, bold: true);
        double top = Edge + title.Count * 18 + 4;
        List<string> xLabel = TextSize.Wrap(X.Label, Width - 2 * Edge - 60, LabelSize);
        double below = TickLength + 16 + 16 * xLabel.Count + 8, plotHeight = Math.Max(LeastPlot, Height - top - below);
        List<string> yLabel = TextSize.Wrap(Y.Label, plotHeight, LabelSize);
        Tick[] yTicks = Frame.Marks(Y, ys, plotHeight, 34);
        double left = Edge + 15 * yLabel.Count + 6 + yTicks.Max(tick => TextSize.Width(tick.Label, SmallSize)) + TickLength + 3;
        double right = maps ? ColorBar.Width(Maps) + Edge : Edge;
        // Half of the last number hangs over the plot's end.
        Tick[] xTicks = Frame.Marks(X, xs, Math.Max(LeastPlot, Width - left - right), 62);
        if (!maps) right = Math.Max(right, xTicks.Max(tick => TextSize.Width(tick.Label, SmallSize)) / 2 + 4);
        Frame frame = new(X, Y, xs, ys, Math.Max(LeastPlot, Width - left - right), plotHeight);
        double width = left + frame.Width + right, height = top + plotHeight + below;
        Legend legend = new(Series, width - 2 * Edge);

        using Svg svg = new(width, height + legend.Height, Title);
        for (int i = 0; i < title.Count; i++) svg.Text("title", width / 2, Edge + 14 + 18 * i, "middle", title[i]);
        DrawPlot(svg, frame, left, top, xTicks, yTicks, maps);
        DrawTicks(svg, frame, left, top, xTicks, yTicks);
        double labelled = top + frame.Height + TickLength + 16;
        for (int i = 0; i < xLabel.Count; i++) svg.Text("", left + frame.Width / 2, labelled + 14 + 16 * i, "middle", xLabel[i]);
        for (int i = 0; i < yLabel.Count; i++) svg.Text("", Edge + 11 + 15 * i, top + frame.Height / 2, "middle", yLabel[i], upwards: true);
        if (maps) ColorBar.Draw(svg, Maps, left + frame.Width + 14, top, frame.Height);
        legend.Draw(svg, Edge, height);
        return svg.Finish();
    }

    private HeatMap Maps => Series.OfType<HeatMap>().First();

    private IEnumerable<double> ThresholdsOf(bool vertical) => Thresholds.Where(t => t.Vertical == vertical).Select(t => t.Value);

    private void DrawPlot(Svg svg, Frame frame, double left, double top, Tick[] xTicks, Tick[] yTicks, bool maps)
    {
        // A picture in the picture cuts off what lies outside, without a name that another picture on the page may have too.
        svg.Open("svg", ("x", Svg.Of(left)), ("y", Svg.Of(top)), ("width", Svg.Of(frame.Width)), ("height", Svg.Of(frame.Height)),
            ("overflow", "hidden"));
        if (!maps)
        {
            foreach (Tick tick in xTicks) svg.Line("grid", frame.X(tick.Value), 0, frame.X(tick.Value), frame.Height);
            foreach (Tick tick in yTicks) svg.Line("grid", 0, frame.Y(tick.Value), frame.Width, frame.Y(tick.Value));
        }

        for (int place = 0; place < Series.Count; place++) SeriesDrawing.Draw(svg, frame, Series[place], place, maps);
        ThresholdDrawing.Draw(svg, frame, Thresholds);
        svg.Close();
    }

    private static void DrawTicks(Svg svg, Frame frame, double left, double top, Tick[] xTicks, Tick[] yTicks)
    {
        double bottom = top + frame.Height;
        svg.Element(
            "rect", ("class", "axis"), ("x", Svg.Of(left)), ("y", Svg.Of(top)), ("width", Svg.Of(frame.Width)),
                ("height", Svg.Of(frame.Height)));
        double free = double.NegativeInfinity;
        foreach (Tick tick in xTicks)
        {
            double x = left + frame.X(tick.Value), half = TextSize.Width(tick.Label, SmallSize) / 2;
            svg.Line("axis", x, bottom, x, bottom + TickLength);
            // A number that would touch the one before is left out; its mark stays.
            if (x - half < free) continue;
            svg.Text("small", x, bottom + TickLength + 13, "middle", tick.Label);
            free = x + half + 4;
        }

        foreach (Tick tick in yTicks)
        {
            double y = top + frame.Y(tick.Value);
            svg.Line("axis", left - TickLength, y, left, y);
            svg.Text("small", left - TickLength - 3, y + 4, "end", tick.Label);
        }
    }

    private void Check()
    {
        if (Width < 240) throw new ArgumentOutOfRangeException(nameof(Width), Width, $"Found Width = {Width}; expected at least 240.");
        if (Height < 160) throw new ArgumentOutOfRangeException(nameof(Height), Height, $"Found Height = {Height}; expected at least 160.");
        foreach (Series series in Series)
        {
            (int found, int expected) = series switch
            {
                LineSeries line => (line.Y.Count, line.X.Count),
                ScatterSeries scatter => (scatter.Y.Count, scatter.X.Count),
                HeatMap map => (map.Values.Count, (map.XEdges.Count - 1) * (map.YEdges.Count - 1)),
                Histogram histogram => (histogram.Counts.Count, histogram.Edges.Count - 1),
                _ => (0, 0),
            };
            if (found != expected)
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"The series '{series.Name}' has {found} values; expected {expected}, as many as it has places."));
        }
    }
}
