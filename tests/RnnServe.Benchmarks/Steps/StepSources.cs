using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>What a step is measured on, whatever the model reads.</summary>
internal static class StepSources
{
    /// <summary>Tokens of a text: what sentences about photos have.</summary>
    public const int Tokens = 14;

    /// <summary>In words, for a report.</summary>
    public static string Describe(ModelManifest manifest) =>
        manifest is CaptionManifest { Image: var image } ? $"photos of {image.Cells} cells" : $"sources of {Tokens} tokens";

    /// <summary>Sources that differ from one another. A step's time depends on their lengths alone.</summary>
    public static IReadOnlyList<Source> Of(ModelManifest manifest, int count) =>
        [.. Enumerable.Range(0, count).Select<int, Source>(i => manifest is CaptionManifest { Image: var image } ? Image(image, i) : Text(((TranslateManifest)manifest).Translate.Encoder, i))];

    private static TextSource Text(TextEncoderManifest encoder, int number) =>
        new([.. Enumerable.Range(number, Tokens - 1).Select(token => (encoder.VocabularySize / 2) + (token % 100)), encoder.EndId]);

    private static ImageSource Image(ImageManifest image, int number)
    {
        byte[] pixels = new byte[image.Size * image.Size * 3];
        new Random(number).NextBytes(pixels);
        return ImageSource.Of(pixels, image.Cells);
    }
}
