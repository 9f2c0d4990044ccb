using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

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
        await using var captioner = await BundleCaptioner.LoadAsync(bundle, new(null, null, precision), CancellationToken.None);
        foreach (var some in progress.Count(photos.Chunk(PhotosPerCall), "photos captioned", photos.Count, 0, p => p.Length))
            captions.AddRange(await captioner.AnswerAsync([.. some.Select(photo => photo.Path)], CancellationToken.None));
        return CaptionMetrics.Score(captions, [.. photos.Select(photo => photo.Captions)]);
    }
}
