using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Commands;

/// <summary>What a model answers and where it looked.</summary>
/// <param name="Answer">The caption or the translation.</param>
/// <param name="Svg">The picture.</param>
internal sealed record AttentionPicture(string Answer, string Svg)
{
    /// <summary>Longest side of the photo in the picture, in pixels.</summary>
    private const int PhotoSide = 360;

    /// <summary>Photos that are longer than this are squashed.</summary>
    private const double MostAspect = 3;

    /// <summary>Captions a photo or translates a text, whichever the bundle does, and draws the attention.</summary>
    /// <param name="input">Path of a photo, or a text.</param>
    /// <param name="model">Folder of a bundle, or of one version of it.</param>
    /// <param name="beam">Hypotheses kept; null for the bundle's default.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="UserException">The bundle has no attention, or the input is none for it.</exception>
    public static async Task<AttentionPicture> DrawAsync(string input, string model, int? beam, CancellationToken cancellation)
    {
        var loaded = await TaskLoader.LoadAsync(
            BundleSummary.FindVersion(model), new BatchingOptions { Workers = 1 }, cancellation: cancellation);
        await using (loaded)
        {
            if (!loaded.Sessions.Bundle.Manifest.Decoder.Attention)
                throw new UserException($"'{model}' is a model without attention.");
            try
            {
                return loaded is Captioner captioner
                    ? await OfPhotoAsync(captioner, input, beam, cancellation)
                    : await OfTextAsync((Translator)loaded, input, beam, cancellation);
            }
            catch (ArgumentException error)
            {
                // An option outside the bundle's limits.
                throw new UserException(error.Message, error);
            }
        }
    }

    private static async Task<AttentionPicture> OfPhotoAsync(Captioner captioner, string path, int? beam, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no photo '{path}'; '{captioner.Sessions.Bundle.Manifest.Name}' captions photos.");

        byte[] file = await File.ReadAllBytesAsync(path, cancellation);
        try
        {
            var options = new CaptionOptions { BeamSize = beam, Attention = true };
            var caption = (await captioner.CaptionAsync([file], options, cancellation))[0];
            return new AttentionPicture(caption.Text, Photo(file, caption, captioner).Draw());
        }
        catch (ImageRefusedException error)
        {
            throw new UserException($"'{path}': {error.Message}", error);
        }
    }

    /// <summary>The photo as the model sees it, but not squashed: its cells are squashed with it then.</summary>
    private static PhotoAttention Photo(byte[] file, ImageCaption caption, Captioner captioner)
    {
        var limits = new ImageLimits();
        var fit = captioner.Sessions.Bundle.Manifest.Image!.Fit;
        var (width, height) = fit == ImageFit.Squash ? ImageDecoder.Measure(file, limits) : (1, 1);
        double aspect = Math.Clamp((double)height / width, 1.0 / MostAspect, MostAspect);
        (width, height) = ((int)(PhotoSide / Math.Max(1, aspect)), (int)(PhotoSide * Math.Min(1, aspect)));
        byte[] rgb = ImageDecoder.Decode(file, width, height, fit, limits);

        // The end of the caption looked somewhere too, but is no word of it.
        var attention = caption.Attention!;
        int words = attention.Target.Count - (caption.Truncated ? 0 : 1);
        return new PhotoAttention(
            PngFile.Write(rgb, width, height),
            aspect,
            attention.Grid[0],
            attention.Grid[1],
            [.. attention.Target.Take(words)],
            [.. attention.Weights.Take(words)]);
    }

    private static async Task<AttentionPicture> OfTextAsync(Translator translator, string text, int? beam, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new UserException("--attention is empty; it must be a text to translate.");

        var options = new TranslationOptions { BeamSize = beam, Attention = true };
        var translation = (await translator.TranslateAsync([text], options, cancellation))[0];
        var attention = translation.Attention!;
        return new AttentionPicture(translation.Text, new TextAttention(attention.Source, attention.Target, attention.Weights).Draw());
    }
}
