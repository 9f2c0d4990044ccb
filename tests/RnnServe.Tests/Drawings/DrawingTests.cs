using System.Globalization;
using System.Xml.Linq;
using RnnServe.Inference.Images;
using RnnServe.Training.Drawings;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Translate;

namespace RnnServe.Tests.Drawings;

public sealed class DrawingTests
{
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_photo_is_drawn_once_for_each_word_bright_where_the_model_looked()
    {
        byte[] png = PngFile.Write(new byte[6 * 4 * 3], 6, 4);
        var picture = new PhotoAttention(png, 0.5, 2, 3, ["a", "<dog>"], [[0.5f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f], [0, 0, 0, 0, 0.2f, 0.8f]]);

        var svg = XDocument.Parse(picture.Draw()).Root!;

        Assert.Equal(["a", "<dog>"], svg.Descendants(Namespace + "text").Select(t => t.Value));
        Assert.Equal(5, svg.Descendants(Namespace + "use").Count());      // the photo alone; dark and bright for each word
        Assert.StartsWith("data:image/png;base64,iVBOR", svg.Descendants(Namespace + "image").Single().Attribute("href")!.Value, StringComparison.Ordinal);
        var masks = svg.Descendants(Namespace + "mask").ToList();
        Assert.Equal([1, 0.2, 0.2, 0.2, 0.2, 0.2], Cells(masks[0]).Select(c => c.Brightness));
        Assert.Equal([0, 0, 0, 0, 0.25, 1], Cells(masks[1]).Select(c => c.Brightness));
        Assert.Equal([(0, 0), (60, 0), (120, 0), (0, 45), (60, 45), (120, 45)], Cells(masks[1]).Select(c => (c.X, c.Y)));
        Assert.Contains("<dog>: 0.80 at row 2, column 3", svg.Descendants(Namespace + "title").Select(t => t.Value));
    }

    [Fact]
    public void A_matrix_has_a_row_for_each_target_token_and_a_column_for_each_source_token()
    {
        var picture = new TextAttention(["A", "dog"], ["Ein", "Hund", "\u0001"], [[0.9f, 0.1f], [0.25f, 0.75f], [0.5f, 0.5f]]);

        var svg = XDocument.Parse(picture.Draw()).Root!;

        Assert.Equal(["A", "dog", "Ein", "Hund", "\uFFFD"], svg.Descendants(Namespace + "text").Select(t => t.Value));
        var cells = svg.Descendants(Namespace + "rect").Where(r => r.Attribute("fill-opacity") is not null).ToList();
        Assert.Equal(["0.9", "0.1", "0.25", "0.75", "0.5", "0.5"], cells.Select(c => c.Attribute("fill-opacity")!.Value));
        Assert.Equal(3, cells.Select(c => c.Attribute("y")!.Value).Distinct().Count());
        Assert.Equal("Hund, A: 0.25", cells[2].Value);
    }

    [Fact]
    public void Pixels_that_are_written_as_PNG_are_read_again()
    {
        byte[] rgb = new byte[37 * 11 * 3];
        new Random(1).NextBytes(rgb);

        Assert.Equal(rgb, ImageDecoder.Decode(PngFile.Write(rgb, 37, 11), 37, 11, ImageFit.Squash, new ImageLimits()));
    }

    /// <summary>The cells of a mask: their places, and how much they let through.</summary>
    internal static IReadOnlyList<(double X, double Y, double Brightness)> Cells(XElement mask) =>
        [.. mask.Descendants(Namespace + "rect").Select(r => (Number(r, "x"), Number(r, "y"), Number(r, "fill-opacity")))];

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
