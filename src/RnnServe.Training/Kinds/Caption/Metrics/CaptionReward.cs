namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>How good a caption is, as self-critical training sees it: CIDEr-D with the end as a word.</summary>
/// <remarks>Without an end a caption that stops at "a dog on a" loses little by it, and models learn to stop there.</remarks>
internal sealed class CaptionReward
{
    private const string End = "</s>";

    private readonly IReadOnlyList<string[]>[] references;
    private readonly CiderD cider;

    /// <param name="references">The captions that people wrote, by photo; rare n-grams are those that few of these photos have.</param>
    public CaptionReward(IReadOnlyList<IReadOnlyList<string>> references)
    {
        this.references = [.. references.Select(photo => (IReadOnlyList<string[]>)[.. photo.Select(Ended)])];
        cider = new(this.references);
    }

    /// <summary>Scores a caption: 0 to 10.</summary>
    /// <param name="photo">Index of its photo.</param>
    /// <param name="caption">Normalised first.</param>
    /// <param name="ended">Whether it was brought to its end.</param>
    public double Of(int photo, string caption, bool ended) => cider.Score(ended ? Ended(caption) : Words(caption), references[photo]);

    private static string[] Ended(string caption) => [.. Words(caption), End];

    private static string[] Words(string caption) => CaptionText.Normalise(caption).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
