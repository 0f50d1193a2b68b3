using System.Text;

namespace HessianKernels.Reproduction.Pictures;

/// <summary>The colours, once for light and once for dark; printed pages are light.</summary>
internal static class Theme
{
    /// <summary>Colours of series: after so many they begin again.</summary>
    public const int Colors = 8;

    /// <summary>Colours of a map, from low to high.</summary>
    public const int Levels = 11;

    private static readonly string[] s_light = ["#0068b5", "#c84e00", "#008a63", "#b0468c", "#8a6d00", "#4b3fa8", "#d0202e", "#5f6b76"];
    private static readonly string[] s_dark = ["#5cb8ff", "#ff9a4d", "#3ddbaa", "#f29ad0", "#e8c547", "#b3a4ff", "#ff7b83", "#aab4bf"];

    /// <summary>The style sheet of a picture.</summary>
    public static string Css { get; } = Sheet();

    private static string Sheet()
    {
        StringBuilder css = new();
        css.Append("\n.chart{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:12px}\n");
        css.Append(".chart .title{font-size:14px;font-weight:600}.chart .small{font-size:11px}\n");
        css.Append(".chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round}.chart .halo{fill:none;stroke-width:4.5;opacity:.75}\n");
        css.Append(".chart .dashed{stroke-dasharray:7 4}.chart .dotted{stroke-dasharray:2 3}.chart .grid{stroke-width:.6}\n");
        css.Append(".chart .threshold{stroke-width:1.3;stroke-dasharray:5 4}.chart .bar{opacity:.6}.chart .mark{stroke-width:.6}\n");
        css.Append(".chart .name{font-size:11px;paint-order:stroke;stroke-width:3.5;stroke-linejoin:round}\n");
        Colours(css, ink: "#1f2328", paper: "#ffffff", grid: "#d5dae0", s_light, (0x2f, 0x6d, 0xb4), (0xee, 0xee, 0xea),
            (0xc8, 0x3a, 0x32));
        css.Append("@media screen and (prefers-color-scheme:dark){\n");
        Colours(css, ink: "#e6edf3", paper: "#0d1117", grid: "#353c45", s_dark, (0x3f, 0x86, 0xd6), (0x2b, 0x2f, 0x36), (0xd8, 0x50, 0x47));
        css.Append("}\n");
        return css.ToString();
    }

    private static void Colours(
        StringBuilder css, string ink, string paper, string grid, string[] series, (int R, int G, int B) low, (int R, int G, int B) middle,
        (int R, int G, int B) high)
    {
        css.Append($".chart{{color:{ink}}}.chart text{{fill:{ink};fill:currentColor}}.chart .paper{{fill:{paper};stroke:none}}\n");
        css.Append($".chart .axis{{stroke:{ink};stroke:currentColor;fill:none}}.chart .ink{{stroke:{ink};stroke:currentColor}}");
        css.Append($".chart .threshold{{stroke:{ink};stroke:currentColor}}.chart .grid{{stroke:{grid}}}");
        css.Append($".chart .halo,.chart .name{{stroke:{paper}}}.chart .mark{{stroke:{paper}}}\n");
        for (int i = 0; i < Colors; i++) css.Append($".chart .s{i}{{stroke:{series[i]}}}.chart .f{i}{{fill:{series[i]}}}");
        css.Append('\n');
        for (int i = 0; i < Levels; i++)
        {
            double share = 2.0 * i / (Levels - 1);
            (int r, int g, int b) = share <= 1 ? Between(low, middle, share) : Between(middle, high, share - 1);
            css.Append($".chart .h{i}{{fill:#{r:x2}{g:x2}{b:x2}}}");
        }

        css.Append('\n');
    }

    private static (int R, int G, int B) Between((int R, int G, int B) from, (int R, int G, int B) to, double share)
        => (Mix(from.R, to.R, share), Mix(from.G, to.G, share), Mix(from.B, to.B, share));

    private static int Mix(int from, int to, double share) => (int)Math.Round(from + (to - from) * share);
}
