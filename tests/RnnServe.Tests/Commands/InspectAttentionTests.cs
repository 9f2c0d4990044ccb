using System.Globalization;
using System.Xml.Linq;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Drawings;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Commands;

public sealed class InspectAttentionTests : IDisposable
{
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";
    private readonly TemporaryFolder folder = new();

    private string Picture => Path.Combine(folder.Path, "picture.svg");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 0), InlineData(1, 2), InlineData(2, 1)]
    public async Task The_picture_of_a_photo_shows_where_a_model_looks_that_looks_at_bright_cells(int row, int column)
    {
        string bundle = BrightCellBundle.Create(folder.Path, "bright"), photo = Path.Combine(folder.Path, "photo.png");
        File.WriteAllBytes(photo, Png.Write(240, 120, 3, (x, y, _) => x / 80 == column && y / 40 == row ? 255 : 0));

        var (code, output, errors) = await TrainingProgram.RunAsync("inspect", "--attention", photo, "--model", bundle, "-o", Picture);

        Assert.Equal((0, ""), (code, errors));
        var svg = XDocument.Load(Picture).Root!;
        var words = svg.Descendants(Namespace + "mask").ToList();
        Assert.InRange(words.Count, 2, 5);
        Assert.Equal(output.Split('\n')[0].Count(char.IsLetter), svg.Descendants(Namespace + "text").Sum(t => t.Value.Count(char.IsLetter)));
        Assert.All(words, word =>
        {
            var cells = DrawingTests.Cells(word);
            Assert.Equal(9, cells.Count);
            Assert.Equal((60.0 * column, 30.0 * row, 1.0), cells.MaxBy(c => c.Brightness));
            Assert.All(cells.Where(c => c.Brightness < 1), c => Assert.InRange(c.Brightness, 0, 0.01));
        });

        byte[] shown = Convert.FromBase64String(svg.Descendants(Namespace + "image").Single().Attribute("href")!.Value.Split(',')[1]);
        byte[] rgb = Pictures.Decode(shown, 360, 180);
        Assert.Equal([255, 255, 255], Pictures.At(rgb, 360, (120 * column) + 60, (60 * row) + 30));
        Assert.Equal([0, 0, 0], Pictures.At(rgb, 360, (120 * ((column + 1) % 3)) + 60, (60 * row) + 30));
    }

    [Fact]
    public async Task The_picture_of_a_translation_has_the_attention_that_the_translator_answers()
    {
        const string text = "a bad cab.";
        string bundle = TinyBundle.Create(folder.Path, "tiny");
        await using var translator = await Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 });
        var expected = (await translator.TranslateAsync([text], new SearchOptions { BeamSize = 2, Attention = true }, default))[0];

        var (code, output, errors) = await TrainingProgram.RunAsync("inspect", "--attention", text, "--model", bundle, "--beam", "2", "-o", Picture);

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith(expected.Text + Environment.NewLine, output, StringComparison.Ordinal);
        var svg = XDocument.Load(Picture).Root!;
        Assert.Equal(expected.Attention!.Source.Concat(expected.Attention.Target), svg.Descendants(Namespace + "text").Select(t => t.Value));
        var found = svg.Descendants(Namespace + "rect").Attributes("fill-opacity").Select(a => double.Parse(a.Value, CultureInfo.InvariantCulture));
        foreach (var (weight, shown) in expected.Attention.Weights.SelectMany(row => row).Zip(found, (a, b) => (a, b)))
            Assert.Equal(weight, shown, tolerance: 0.0006);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_refused_in_one_line()
    {
        string blind = TinyCaptionBundle.Create(folder.Path, "blind", new TinyBundleOptions { Attention = false, Target = "en" });
        string captions = TinyCaptionBundle.Create(folder.Path, "captions"), text = Path.Combine(folder.Path, "text.jpg");
        File.WriteAllText(text, "no photo");

        await Fails("is a model without attention.", "--attention", text, "--model", blind);
        await Fails("There is no photo 'a dog'; 'captions' captions photos.", "--attention", "a dog", "--model", captions);
        await Fails("text.jpg': The bytes are no image of a supported type", "--attention", text, "--model", captions);
        await Fails("beamSize is 0, but must be an integer from 1 to 16 for the model 'captions'.", "--attention", text, "--model", captions, "--beam", "0");
        await Fails("--attention needs --model", "--attention", text);
        await Fails("Give either a bundle's folder");
        await Fails("Give either a bundle's folder", captions, "--attention", text);
    }

    private static async Task Fails(string message, params string[] arguments)
    {
        var (code, _, errors) = await TrainingProgram.RunAsync(["inspect", .. arguments]);
        Assert.Equal(1, code);
        Assert.Contains(message, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
