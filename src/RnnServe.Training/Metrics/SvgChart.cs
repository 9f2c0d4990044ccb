using System.Text;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Metrics;

/// <summary>Draws a chart as SVG: lines, axes with round numbers, a grid and a legend.</summary>
internal static class SvgChart
{
    private const double Width = 800, Height = 460, Left = 70, Right = 24, Top = 52, Bottom = 56;

    /// <summary>Told apart by readers with any colour vision (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

    /// <summary>The chart as an SVG document; curves without points are left out.</summary>
    public static string Draw(Chart chart)
    {
        Curve[] curves = [.. chart.Curves.Where(c => c.Points.Count > 0)];
        var points = curves.SelectMany(c => c.Points).DefaultIfEmpty((X: 0.0, Y: 0.0)).ToList();
        double[] xTicks = Ticks.Of(points.Min(p => p.X), points.Max(p => p.X));
        double[] yTicks = Ticks.Of(points.Min(p => p.Y), points.Max(p => p.Y));
        var svg = Svg.Open(Width, Height, chart.Title);
        Titles(svg, chart);
        Axes(svg, xTicks, yTicks);
        var area = new Area(xTicks[0], xTicks[^1], yTicks[0], yTicks[^1]);
        for (int i = 0; i < curves.Length; i++)
        {
            Line(svg, curves[i], Colours[i % Colours.Length], area);
            if (curves.Length > 1)
                Legend(svg, curves[i].Name, Colours[i % Colours.Length], i);
        }

        return svg.Close();
    }

    private static void Titles(StringBuilder svg, Chart chart)
    {
        svg.Write($"<text x=\"{Left}\" y=\"26\" font-size=\"17\" font-weight=\"600\">{Svg.Text(chart.Title)}</text>\n");
        svg.Write($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">{Svg.Text(chart.XLabel)}</text>\n");
        double middle = (Top + Height - Bottom) / 2;
        svg.Write($"<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">{Svg.Text(chart.YLabel)}</text>\n");
    }

    private static void Axes(StringBuilder svg, double[] xTicks, double[] yTicks)
    {
        var area = new Area(xTicks[0], xTicks[^1], yTicks[0], yTicks[^1]);
        foreach (double y in yTicks)
        {
            svg.Write($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{area.Y(y):0.0}\" y2=\"{area.Y(y):0.0}\" stroke=\"#e4e4e4\"/>\n");
            svg.Write($"<text x=\"{Left - 8}\" y=\"{area.Y(y) + 4.5:0.0}\" text-anchor=\"end\">{y:#,0.####}</text>\n");
        }

        foreach (double x in xTicks)
        {
            svg.Write($"<line x1=\"{area.X(x):0.0}\" x2=\"{area.X(x):0.0}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\" stroke=\"#888\"/>\n");
            svg.Write($"<text x=\"{area.X(x):0.0}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{x:#,0.####}</text>\n");
        }

        svg.Write($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\" stroke=\"#888\"/>\n");
    }

    private static void Line(StringBuilder svg, Curve curve, string colour, Area area)
    {
        svg.Write($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"");
        foreach (var (x, y) in curve.Points)
            svg.Write($"{area.X(x):0.0},{area.Y(y):0.0} ");
        svg.Append("\"/>\n");
    }

    /// <summary>One line per curve in the upper right corner, on a pale ground so that curves do not disturb it.</summary>
    private static void Legend(StringBuilder svg, string name, string colour, int index)
    {
        double y = Top + 12 + (20 * index);
        svg.Write($"<rect x=\"{Width - Right - 200}\" y=\"{y - 11}\" width=\"200\" height=\"20\" fill=\"#fff\" fill-opacity=\"0.85\"/>\n");
        svg.Write($"<line x1=\"{Width - Right - 192}\" x2=\"{Width - Right - 166}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n");
        svg.Write($"<text x=\"{Width - Right - 158}\" y=\"{y + 4.5}\">{Svg.Text(name)}</text>\n");
    }

    /// <summary>From values to places in the picture; y points down there.</summary>
    private readonly record struct Area(double XLeast, double XMost, double YLeast, double YMost)
    {
        public double X(double x) => Left + ((x - XLeast) / (XMost - XLeast) * (Width - Right - Left));

        public double Y(double y) => Height - Bottom - ((y - YLeast) / (YMost - YLeast) * (Height - Bottom - Top));
    }
}
