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
        var choice = Choice(null) with { Hint = "give 'source', or one of these models a greater 'priority' in its model.json" };
        if (!catalog.Able(choice.Kind).Any(e => choice.Fits(e.Manifest!.Languages)))
            return null;
        using var model = models.Pick(choice, _ => { });
        string[] asked = [.. texts.Take(MostTexts).Select(text => text[..Math.Min(text.Length, MostCharacters)])];
        var found = await ClassifyAsync((Classifier)model.Model, asked, cancellation);
        var labels = ((ClassifyManifest)model.Model.Bundle.Manifest).Classify.Labels;
        var places = among.Select(language => (Language: language, Place: PlaceOf(language, labels))).ToList();

        // Of a language that the model does not know it would always say another.
        return places.Exists(language => language.Place < 0) ? null : Together(places, found);
    }

    /// <summary>A label en is for en-GB too.</summary>
    private static int PlaceOf(string language, IReadOnlyList<string> labels) => labels.ToList().FindIndex(label =>
        language.Equals(label, StringComparison.OrdinalIgnoreCase) || language.StartsWith(label + "-", StringComparison.OrdinalIgnoreCase));

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
        IReadOnlyList<(string Language, int Place)> places, IReadOnlyList<Classification> found)
    {
        var sums = places.Select(one => (one.Language, LogProb: found.Sum(text => LogProb(text, one.Place))))
            .OrderByDescending(one => one.LogProb).ToList();
        double total = sums.Sum(one => Math.Exp(one.LogProb - sums[0].LogProb));
        return [.. sums.Select(one => new DetectedLanguage(one.Language, Math.Exp(one.LogProb - sums[0].LogProb) / total))];

        static double LogProb(Classification text, int place) => Math.Log(Math.Max(text.Probabilities[place], 1e-30));
    }
}
