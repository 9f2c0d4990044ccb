using RnnServe.Inference.Kinds.Classify;
using RnnServe.Server.Catalog;

namespace RnnServe.Server.Kinds.Classify;

/// <summary>Asks the model whose labels are languages: the one whose own language is "mul", for many (ISO 639-2).</summary>
internal sealed class LanguageDetector(ModelCatalog catalog, ModelPicker models) : ILanguageDetector
{
    /// <summary>The language of models that know several.</summary>
    public const string Many = "mul";

    /// <summary>The beginning of a few texts says as much as all of them.</summary>
    private const int MostTexts = 8, MostCharacters = 1000;

    /// <summary>The model that a request means.</summary>
    /// <param name="name">Its name; null: the only one, or that of the greatest priority.</param>
    public static ModelChoice Choice(string? name) => new(ClassifyKind.Model, name) { Source = Many, Hint = "name one in 'model'" };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DetectedLanguage>?> DetectAsync(
        IReadOnlyList<string> texts, IReadOnlyCollection<string> among, CancellationToken cancellation)
    {
        var choice = Choice(null);
        bool known = catalog.Entries.Any(e => e.State == ModelState.Ready && e.Kind == choice.Kind && choice.Fits(e.Manifest!.Languages));
        if (!known)
            return null;
        using var model = models.Pick(choice, _ => { });
        string[] asked = [.. texts.Take(MostTexts).Select(text => text[..Math.Min(text.Length, MostCharacters)])];
        var found = await ClassifyAsync((Classifier)model.Model, asked, cancellation);
        var labels = ((ClassifyManifest)model.Model.Bundle.Manifest).Classify.Labels;
        return Together(labels, found, among);
    }

    /// <summary>Texts that no token is of say nothing.</summary>
    private static async Task<IReadOnlyList<Classification>> ClassifyAsync(
        Classifier classifier, string[] texts, CancellationToken cancellation)
    {
        for (var left = texts.ToList(); left.Count > 0;)
        {
            try
            {
                return await classifier.ClassifyAsync(left, attention: false, cancellation);
            }
            catch (NoTokenException empty)
            {
                left.RemoveAt(empty.Index);
            }
        }

        return [];
    }

    /// <summary>What independent texts say together, among some languages.</summary>
    private static DetectedLanguage[] Together(
        IReadOnlyList<string> labels, IReadOnlyList<Classification> found, IReadOnlyCollection<string> among)
    {
        var sums = labels.Select((label, i) => (Label: label, LogProb: found.Sum(one => Math.Log(Math.Max(one.Probabilities[i], 1e-30)))))
            .Where(language => among.Contains(language.Label, StringComparer.OrdinalIgnoreCase))
            .OrderByDescending(language => language.LogProb).ToList();
        double total = sums.Sum(language => Math.Exp(language.LogProb - sums[0].LogProb));
        return [.. sums.Select(language => new DetectedLanguage(language.Label, Math.Exp(language.LogProb - sums[0].LogProb) / total))];
    }
}
