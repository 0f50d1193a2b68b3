namespace HessianKernels.Reproduction.Pictures;

/// <summary>The names of the series below the plot, in as many rows as they take.</summary>
internal sealed class Legend
{
    private const double Sample = 26, Gap = 16, RowHeight = 18, Size = 12;
    private readonly List<(Series Series, int Place, double X, int Row)> _entries = [];

    public Legend(IReadOnlyList<Series> series, double width)
    {
        double at = 0;
        int row = 0;
        for (int place = 0; place < series.Count; place++)
        {
            if (series[place].Name.Length == 0 || series[place] is HeatMap) continue;
            double entry = Sample + 6 + TextSize.Width(series[place].Name, Size);
            if (at > 0 && at + entry > width) (at, row) = (0, row + 1);
            _entries.Add((series[place], place, at, row));
            at += entry + Gap;
        }

        Height = _entries.Count == 0 ? 0 : (row + 1) * RowHeight + 4;
    }

    public double Height { get; }

    public void Draw(Svg svg, double left, double top)
    {
        foreach ((Series series, int place, double x, int row) in _entries)
        {
            double y = top + row * RowHeight + RowHeight / 2;
            switch (series)
            {
                case LineSeries line:
                    svg.Line(SeriesDrawing.LineStyle(line, place), left + x, y, left + x + Sample, y);
                    if (line.Marked) SeriesDrawing.Mark(svg, line.Color ?? place, left + x + Sample / 2, y, 3);
                    break;
                case ScatterSeries scatter:
                    SeriesDrawing.Mark(svg, scatter.Color ?? place, left + x + Sample / 2, y, Math.Max(3, scatter.Size));
                    break;
                default:
                    svg.Element("rect", ("class", $"bar f{place % Theme.Colors}"), ("x", Svg.Of(left + x + 6)), ("y", Svg.Of(y - 5)),
                        ("width", "14"), ("height", "10"));
                    break;
            }

            svg.Text("", left + x + Sample + 6, y + 4, "start", series.Name);
        }
    }
}
