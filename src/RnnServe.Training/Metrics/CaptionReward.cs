namespace RnnServe.Training.Metrics;

/// <summary>How good a caption is, as self-critical training sees it: CIDEr-D with the end as a word.</summary>
/// <remarks>
/// Without an end a caption that stops at "a dog on a" loses nothing by it, and models learn to stop there. BLEU of single captions, added
/// for a trial, made captions shorter by a word: a short one has a short reference and few n-grams to miss.
/// </remarks>
internal sealed class CaptionReward
{
    private const string End = "</s>";

    private readonly IReadOnlyList<string[]>[] references;
    private readonly CiderD cider;

    /// <param name="references">The captions that people wrote, by photo; rare n-grams are those that few of these photos have.</param>
    public CaptionReward(IReadOnlyList<IReadOnlyList<string>> references)
    {
        this.references = [.. references.Select(photo => (IReadOnlyList<string[]>)[.. photo.Select(Words)])];
        cider = new(this.references);
    }

    /// <summary>Scores a caption that is complete: 0 to 10.</summary>
    /// <param name="photo">Index of its photo.</param>
    /// <param name="caption">Normalised first.</param>
    public double Of(int photo, string caption) => cider.Score(Words(caption), references[photo]);

    private static string[] Words(string caption) =>
        [.. CaptionText.Normalise(caption).Split(' ', StringSplitOptions.RemoveEmptyEntries), End];
}
