using System.Globalization;
using System.Security;
using System.Text;

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
        var svg = new StringBuilder();
        Open(svg, chart);
        Axes(svg, xTicks, yTicks);
        var area = new Area(xTicks[0], xTicks[^1], yTicks[0], yTicks[^1]);
        for (int i = 0; i < curves.Length; i++)
        {
            Line(svg, curves[i], Colours[i % Colours.Length], area);
            if (curves.Length > 1)
                Legend(svg, curves[i].Name, Colours[i % Colours.Length], i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Open(StringBuilder svg, Chart chart)
    {
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\"");
        Add(svg, $" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#333\" role=\"img\">\n");
        Add(svg, $"<title>{Text(chart.Title)}</title>\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        Add(svg, $"<text x=\"{Left}\" y=\"26\" font-size=\"17\" font-weight=\"600\">{Text(chart.Title)}</text>\n");
        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">{Text(chart.XLabel)}</text>\n");
        double middle = (Top + Height - Bottom) / 2;
        Add(svg, $"<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">{Text(chart.YLabel)}</text>\n");
    }

    private static void Axes(StringBuilder svg, double[] xTicks, double[] yTicks)
    {
        var area = new Area(xTicks[0], xTicks[^1], yTicks[0], yTicks[^1]);
        foreach (double y in yTicks)
        {
            Add(svg, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{area.Y(y):0.0}\" y2=\"{area.Y(y):0.0}\" stroke=\"#e4e4e4\"/>\n");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{area.Y(y) + 4.5:0.0}\" text-anchor=\"end\">{y:#,0.####}</text>\n");
        }

        foreach (double x in xTicks)
        {
            Add(svg, $"<line x1=\"{area.X(x):0.0}\" x2=\"{area.X(x):0.0}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\" stroke=\"#888\"/>\n");
            Add(svg, $"<text x=\"{area.X(x):0.0}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{x:#,0.####}</text>\n");
        }

        Add(svg, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\" stroke=\"#888\"/>\n");
    }

    private static void Line(StringBuilder svg, Curve curve, string colour, Area area)
    {
        Add(svg, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"");
        foreach (var (x, y) in curve.Points)
            Add(svg, $"{area.X(x):0.0},{area.Y(y):0.0} ");
        svg.Append("\"/>\n");
    }

    /// <summary>One line per curve in the upper right corner, on a pale ground so that curves do not disturb it.</summary>
    private static void Legend(StringBuilder svg, string name, string colour, int index)
    {
        double y = Top + 12 + (20 * index);
        Add(svg, $"<rect x=\"{Width - Right - 200}\" y=\"{y - 11}\" width=\"200\" height=\"20\" fill=\"#fff\" fill-opacity=\"0.85\"/>\n");
        Add(svg, $"<line x1=\"{Width - Right - 192}\" x2=\"{Width - Right - 166}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n");
        Add(svg, $"<text x=\"{Width - Right - 158}\" y=\"{y + 4.5}\">{Text(name)}</text>\n");
    }

    private static string Text(string text) => SecurityElement.Escape(text)!;

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>From values to places in the picture; y points down there.</summary>
    private readonly record struct Area(double XLeast, double XMost, double YLeast, double YMost)
    {
        public double X(double x) => Left + ((x - XLeast) / (XMost - XLeast) * (Width - Right - Left));

        public double Y(double y) => Height - Bottom - ((y - YLeast) / (YMost - YLeast) * (Height - Bottom - Top));
    }
}
