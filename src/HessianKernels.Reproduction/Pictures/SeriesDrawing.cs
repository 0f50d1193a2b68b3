using System.Text;

namespace HessianKernels.Reproduction.Pictures;

/// <summary>Draws series into a plot whose upper left corner is at 0, 0.</summary>
internal static class SeriesDrawing
{
    public static void Draw(Svg svg, Frame frame, Series series, int place, bool halo)
    {
        switch (series)
        {
            case HeatMap map: Draw(svg, frame, map); break;
            case Histogram histogram: Draw(svg, frame, histogram, place); break;
            case LineSeries line: Draw(svg, frame, line, place, halo); break;
            case ScatterSeries scatter:
                for (int i = 0; i < scatter.X.Count; i++)
                    if (frame.Shows(scatter.X[i], scatter.Y[i]))
                        Mark(svg, scatter.Color ?? place, frame.X(scatter.X[i]), frame.Y(scatter.Y[i]), scatter.Size);
                break;
            default: throw new ArgumentException($"Found a {series.GetType().Name}; expected one of the four kinds of series.",
                nameof(series));
        }
    }

    public static string LineStyle(LineSeries line, int place)
    {
        string dash = line.Stroke switch { Stroke.Dashed => " dashed", Stroke.Dotted => " dotted", _ => "" };
        return (line.Ink ? "line ink" : $"line s{(line.Color ?? place) % Theme.Colors}") + dash;
    }

    /// <summary>A shape a place, so that no one needs the colours to tell them apart.</summary>
    public static void Mark(Svg svg, int place, double x, double y, double size)
    {
        string style = $"mark f{place % Theme.Colors}";
        if (place % 4 == 0)
        {
            svg.Element("circle", ("class", style), ("cx", Svg.Of(x)), ("cy", Svg.Of(y)), ("r", Svg.Of(size)));
            return;
        }

        (double X, double Y)[] corners = (place % 4) switch
        {
            1 => [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            2 => [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
            _ => [(0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
        };
        svg.Element("polygon", ("class", style),
            ("points", string.Join(' ', corners.Select(c => $"{Svg.Of(x + size * c.X)},{Svg.Of(y + size * c.Y)}"))));
    }

    private static void Draw(Svg svg, Frame frame, LineSeries line, int place, bool halo)
    {
        string path = Path(frame, line);
        if (path.Length > 0)
        {
            if (halo) svg.Element("path", ("class", "halo"), ("d", path));
            svg.Element("path", ("class", LineStyle(line, place)), ("d", path));
        }

        if (!line.Marked) return;
        for (int i = 0; i < line.X.Count; i++)
            if (frame.Shows(line.X[i], line.Y[i])) Mark(svg, line.Color ?? place, frame.X(line.X[i]), frame.Y(line.Y[i]), 3);
    }

    /// <summary>Of the points that share a column of pixels only the first, lowest, highest and last: no eye sees the others.</summary>
    private static string Path(Frame frame, LineSeries line)
    {
        StringBuilder path = new();
        bool open = false, thin = line.X.Count > 4 * frame.Width;
        List<(double X, double Y)> column = [];
        void Flush()
        {
            if (column.Count == 0) return;
            int low = 0, high = 0;
            for (int i = 1; i < column.Count; i++)
            {
                if (column[i].Y < column[low].Y) low = i;
                if (column[i].Y > column[high].Y) high = i;
            }

            foreach (int i in new SortedSet<int> { 0, low, high, column.Count - 1 })
            {
                path.Append(open ? 'L' : 'M').Append(Svg.Of(column[i].X)).Append(' ').Append(Svg.Of(column[i].Y));
                open = true;
            }

            column.Clear();
        }

        for (int i = 0; i < line.X.Count; i++)
        {
            if (!frame.Shows(line.X[i], line.Y[i]))
            {
                Flush();
                open = false;
                continue;
            }

            (double X, double Y) point = (frame.X(line.X[i]), frame.Y(line.Y[i]));
            if (column.Count > 0 && (!thin || Math.Floor(point.X) != Math.Floor(column[0].X))) Flush();
            column.Add(point);
        }

        Flush();
        return path.ToString();
    }

    /// <summary>One path a colour, and one rectangle for neighbours of a colour: a thousand cells stay a few kilobytes.</summary>
    private static void Draw(Svg svg, Frame frame, HeatMap map)
    {
        StringBuilder[] levels = [.. Enumerable.Range(0, Theme.Levels).Select(_ => new StringBuilder())];
        int columns = map.XEdges.Count - 1, rows = map.YEdges.Count - 1;
        for (int row = 0; row < rows; row++)
        {
            string low = Svg.Of(frame.Y(map.YEdges[row])), high = Svg.Of(frame.Y(map.YEdges[row + 1]));
            for (int column = 0, next; column < columns; column = next)
            {
                int level = Level(map, row * columns + column);
                for (next = column + 1; next < columns && Level(map, row * columns + next) == level;) next++;
                if (level < 0) continue;
                string left = Svg.Of(frame.X(map.XEdges[column])), right = Svg.Of(frame.X(map.XEdges[next]));
                levels[level].Append($"M{left} {low}H{right}V{high}H{left}Z");
            }
        }

        for (int level = 0; level < levels.Length; level++)
            if (levels[level].Length > 0) svg.Element("path", ("class", $"h{level}"), ("shape-rendering", "crispEdges"),
                ("d", levels[level].ToString()));
    }

    private static int Level(HeatMap map, int cell)
    {
        double share = (map.Values[cell] - map.Low) / (map.High - map.Low);
        return double.IsNaN(share) ? -1 : (int)Math.Round(Math.Clamp(share, 0, 1) * (Theme.Levels - 1));
    }

    private static void Draw(Svg svg, Frame frame, Histogram histogram, int place)
    {
        double floor = frame.YAxis.Scale == AxisScale.Log ? frame.Height : frame.Y(0);
        for (int i = 0; i < histogram.Counts.Count; i++)
        {
            if (!frame.Shows(histogram.Edges[i], histogram.Counts[i]) || histogram.Counts[i] == 0) continue;
            double left = frame.X(histogram.Edges[i]), right = frame.X(histogram.Edges[i + 1]), top = frame.Y(histogram.Counts[i]);
            svg.Element(
                "rect", ("class", $"bar f{place % Theme.Colors}"), ("x", Svg.Of(left)), ("y", Svg.Of(Math.Min(top, floor))),
                ("width", Svg.Of(Math.Max(0.5, right - left - 0.5))), ("height", Svg.Of(Math.Abs(floor - top))));
        }
    }
}
