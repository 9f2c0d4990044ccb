using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Export;

/// <summary>Captions photos from their files on with a bundle, as the server does.</summary>
internal static class CaptionScorer
{
    private const int PhotosPerCall = 32;

    /// <summary>Scores of a bundle with its own defaults.</summary>
    /// <param name="bundle">The bundle's folder.</param>
    /// <param name="photos">With their references.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="precision">Which graphs; null: the bundle's default.</param>
    public static async Task<CaptionScores> ScoreAsync(
        string bundle, IReadOnlyList<CaptionedPhoto> photos, ProgressReport progress, string? precision = null)
    {
        var captions = new List<string>();
        var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions(), new() { Precision = precision });
        await using (captioner)
        {
            foreach (var some in progress.Count(photos.Chunk(PhotosPerCall), "photos captioned", photos.Count, 0, p => p.Length))
                captions.AddRange(await CaptionAsync(captioner, some.Select(photo => File.ReadAllBytes(photo.Path))));
        }

        return CaptionMetrics.Score(captions, [.. photos.Select(photo => photo.Captions)]);
    }

    private static async Task<List<string>> CaptionAsync(Captioner captioner, IEnumerable<byte[]> photos)
    {
        ReadOnlyMemory<byte>[] files = [.. photos.Select(photo => (ReadOnlyMemory<byte>)photo)];
        return [.. (await captioner.CaptionAsync(files, new CaptionOptions(), CancellationToken.None)).Select(caption => caption.Text)];
    }
}
