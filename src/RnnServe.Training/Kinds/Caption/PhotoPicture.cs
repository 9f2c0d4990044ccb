using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Search;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Where a captioning model looked in a photo.</summary>
internal static class PhotoPicture
{
    /// <summary>Longest side of the photo in the picture, in pixels.</summary>
    private const int PhotoSide = 360;

    /// <summary>Photos that are longer than this are squashed.</summary>
    private const double MostAspect = 3;

    /// <summary>Captions a photo and draws the attention.</summary>
    public static async Task<AttentionPicture> DrawAsync(Captioner captioner, string path, int? beam, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no photo '{path}'; '{captioner.Bundle.Manifest.Name}' captions photos.");

        byte[] file = await File.ReadAllBytesAsync(path, cancellation);
        try
        {
            var options = new SearchOptions { BeamSize = beam, Attention = true };
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
        var fit = ((CaptionManifest)captioner.Bundle.Manifest).Image.Fit;
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
}
