using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Training.Commands;

/// <summary>Translates with a bundle in this process.</summary>
internal sealed class BundleTranslator(Translator translator, SearchSettings search) : ITextTranslator
{
    // A line may be a document. Nobody else waits, so as much is admitted as may be.
    private static readonly BatchingOptions Documents = new() { MaxQueued = 1_000_000 };

    /// <summary>Loads a bundle, given the folder of the model or of one version.</summary>
    public static async Task<BundleTranslator> LoadAsync(string folder, SearchSettings search, CancellationToken cancellation) =>
        new(
            await Translator.LoadAsync(
                BundleSummary.FindVersion(folder), Documents, new() { Precision = search.Precision }, cancellation),
            search);

    public async Task<IReadOnlyList<string>> TranslateAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var options = new TranslationOptions { BeamSize = search.BeamSize, LengthPenalty = search.LengthPenalty };
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
