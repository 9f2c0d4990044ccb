using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Translates with a bundle in this process.</summary>
internal sealed class BundleTranslator(Translator translator, SearchSettings search) : IAnswerer
{
    // A line may be a document. Nobody else waits, so as much is admitted as may be.
    private static readonly BatchingOptions Documents = new() { MaxQueued = 1_000_000 };

    /// <summary>Loads a bundle, given the folder of the model or of one version.</summary>
    public static async Task<BundleTranslator> LoadAsync(string folder, SearchSettings search, CancellationToken cancellation) =>
        new(
            await Translator.LoadAsync(BundleVersions.Find(folder), Documents, new() { Precision = search.Precision }, cancellation),
            search);

    public async Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var options = new SearchOptions { BeamSize = search.BeamSize, LengthPenalty = search.LengthPenalty };
        try
        {
            var translations = await translator.TranslateAsync(texts, options, cancellation);
            return [.. translations.Select(t => t.Text)];
        }
        catch (ArgumentException error)
        {
            // An option outside the bundle's limits.
            throw new UserException(error.Message, error);
        }
    }

    public ValueTask DisposeAsync() => translator.DisposeAsync();
}
