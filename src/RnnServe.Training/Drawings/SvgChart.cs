using System.Text;

namespace RnnServe.Training.Drawings;

/// <summary>Draws a chart as SVG: lines, axes with round numbers, a grid and a legend.</summary>
internal static class SvgChart
{
    private const double Width = 800, AreaHeight = 352, Left = 70, Right = 24, Title = 38, Bottom = 56, LegendRow = 20;
    private const int LegendColumns = 3;

    /// <summary>Told apart by readers with any colour vision (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    /// <summary>The chart as an SVG document; curves without points are left out.</summary>
    public static string Draw(Chart chart)
    {
        Curve[] curves = [.. chart.Curves.Where(c => c.Points.Count > 0)];
        var area = Area.Of(chart, curves);
        var svg = Svg.Open(Width, area.Bottom + Bottom, chart.Title);
        Titles(svg, chart, area);
        Axes(svg, area);
        for (int i = 0; i < curves.Length; i++)
        {
            Line(svg, curves[i], Colours[i % Colours.Length], area, chart.Marks);
            if (curves.Length > 1)
                Legend(svg, curves[i].Name, Colours[i % Colours.Length], i);
        }

        return svg.Close();
    }

    private static void Titles(StringBuilder svg, Chart chart, Area area)
    {
        svg.Write($"<text x=\"{Left}\" y=\"26\" font-size=\"17\" font-weight=\"600\">{Svg.Text(chart.Title)}</text>\n");
        svg.Write($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{area.Bottom + 44}\" ");
        svg.Write($"text-anchor=\"middle\">{Svg.Text(chart.XLabel)}</text>\n");
        double middle = area.Bottom - (AreaHeight / 2);
        svg.Write($"<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" ");
        svg.Write($"transform=\"rotate(-90 18 {middle})\">{Svg.Text(chart.YLabel)}</text>\n");
    }

    private static void Axes(StringBuilder svg, Area area)
    {
        foreach (double y in area.Vertical.Ticks)
        {
            svg.Write($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{area.Y(y):0.0}\" y2=\"{area.Y(y):0.0}\" stroke=\"#e4e4e4\"/>\n");
            svg.Write($"<text x=\"{Left - 8}\" y=\"{area.Y(y) + 4.5:0.0}\" text-anchor=\"end\">{y:#,0.####}</text>\n");
        }

        foreach (double x in area.Horizontal.Ticks)
        {
            svg.Write($"<line x1=\"{area.X(x):0.0}\" x2=\"{area.X(x):0.0}\" y1=\"{area.Bottom}\" y2=\"{area.Bottom + 5}\" ");
            svg.Write($"stroke=\"#888\"/>\n");
            svg.Write($"<text x=\"{area.X(x):0.0}\" y=\"{area.Bottom + 20}\" text-anchor=\"middle\">{x:#,0.####}</text>\n");
        }

        svg.Write($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{area.Bottom}\" y2=\"{area.Bottom}\" stroke=\"#888\"/>\n");
    }

    private static void Line(StringBuilder svg, Curve curve, string colour, Area area, bool marks)
    {
        svg.Write($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"");
        foreach (var (x, y) in curve.Points)
            svg.Write($"{area.X(x):0.0},{area.Y(y):0.0} ");
        svg.Append("\"/>\n");
        foreach (var (x, y) in marks ? curve.Points : [])
            svg.Write($"<circle cx=\"{area.X(x):0.0}\" cy=\"{area.Y(y):0.0}\" r=\"3.5\" fill=\"{colour}\"/>\n");
    }

    /// <summary>Above the area, where no curve can be behind it.</summary>
    private static void Legend(StringBuilder svg, string name, string colour, int index)
    {
        double x = Left + (index % LegendColumns * (Width - Left - Right) / LegendColumns);
        double y = Title + 6 + (LegendRow * (index / LegendColumns));
        svg.Write($"<line x1=\"{x:0.0}\" x2=\"{x + 22:0.0}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n");
        svg.Write($"<text x=\"{x + 29:0.0}\" y=\"{y + 4.5}\">{Svg.Text(name)}</text>\n");
    }

    /// <summary>From values to places in the picture; y points down there.</summary>
    private readonly record struct Area(Axis Horizontal, Axis Vertical, double Top)
    {
        public static Area Of(Chart chart, Curve[] curves)
        {
            var points = curves.SelectMany(c => c.Points).DefaultIfEmpty((X: 1.0, Y: 1.0)).ToList();
            double least = points.Min(p => p.Y);
            return new(
                Axis.Of(points.Min(p => p.X), points.Max(p => p.X), chart.LogX),
                Axis.Of(chart.FromZero ? Math.Min(least, 0) : least, points.Max(p => p.Y), chart.LogY),
                Title + 14 + (curves.Length > 1 ? LegendRow * ((curves.Length + LegendColumns - 1) / LegendColumns) : 0));
        }

        public double Bottom => Top + AreaHeight;

        public double X(double x) => Left + (Horizontal.Place(x) * (Width - Right - Left));

        public double Y(double y) => Bottom - (Vertical.Place(y) * AreaHeight);
    }
}
