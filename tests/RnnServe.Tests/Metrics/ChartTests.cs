using System.Globalization;
using System.Xml.Linq;
using RnnServe.Training.Drawings;

namespace RnnServe.Tests.Metrics;

public sealed class ChartTests
{
    [Theory]
    [InlineData(0, 10, "0 2 4 6 8 10")]
    [InlineData(1, 50, "0 10 20 30 40 50")]
    [InlineData(1.93, 4.41, "1.5 2 2.5 3 3.5 4 4.5")]
    [InlineData(-3, 3, "-4 -2 0 2 4")]
    [InlineData(7, 7, "6.4 6.6 6.8 7 7.2 7.4 7.6")]
    [InlineData(0, 0.0004, "0 0.0001 0.0002 0.0003 0.0004")]
    public void Ticks_are_round_numbers_that_enclose_the_range(double least, double most, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.Of(least, most).Select(t => Math.Round(t, 9).ToString(CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData(1, 256, "1 2 5 10 20 50 100 200 500")]
    [InlineData(0.3, 4, "0.2 0.5 1 2 5")]
    [InlineData(2, 2, "2 5")]
    [InlineData(0.9, 30000, "0.1 1 10 100 1000 10000 100000")]
    public void Ticks_of_a_logarithmic_axis_are_round_numbers_that_enclose_the_range(double least, double most, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.Factors(least, most).Select(t => Math.Round(t, 9).ToString(CultureInfo.InvariantCulture))));

    [Fact]
    public void Equal_factors_are_equal_distances_on_a_logarithmic_axis()
    {
        var chart = new Chart("title", "x", "y", [new Curve("curve", [(1, 10), (10, 20), (100, 40)])]) { LogX = true, LogY = true };

        var points = Points(XDocument.Parse(SvgChart.Draw(chart)).Root!.Descendants().Single(e => e.Name.LocalName == "polyline"));

        Assert.Equal(points[1].X - points[0].X, points[2].X - points[1].X, tolerance: 0.11);
        Assert.Equal(points[1].Y - points[0].Y, points[2].Y - points[1].Y, tolerance: 0.11);
    }

    [Fact]
    public void A_chart_is_well_formed_and_every_point_lies_inside_it()
    {
        var chart = new Chart("a < b & c", "epoch", "loss", [
            new Curve("one", [(1, 4.2), (2, 3.1), (3, 2.9)]), new Curve("two", [(1, -1), (3, 17)]), new Curve("none", []),
        ]);

        var svg = XDocument.Parse(SvgChart.Draw(chart)).Root!;

        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal("a < b & c", svg.Element(space + "title")!.Value);
        var lines = svg.Elements(space + "polyline").ToList();
        Assert.Equal([3, 2], lines.Select(l => Points(l).Count));
        Assert.All(lines.SelectMany(Points), p => Assert.True(p is { X: >= 70 and <= 776, Y: >= 72 and <= 424 }, $"{p}"));
        Assert.True(Points(lines[0])[0].Y < Points(lines[0])[2].Y, "a falling curve goes down, where y is greater");
        Assert.Contains("two", svg.Elements(space + "text").Select(t => t.Value));
        Assert.DoesNotContain("none", svg.Elements(space + "text").Select(t => t.Value));
    }

    [Fact]
    public void A_chart_without_points_is_still_a_picture() =>
        Assert.Equal("svg", XDocument.Parse(SvgChart.Draw(new Chart("empty", "x", "y", []))).Root!.Name.LocalName);

    private static List<(double X, double Y)> Points(XElement line) =>
    [
        .. line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Select(point => (point[0], point[1])),
    ];
}
