using RnnServe.Inference.Bundles;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Catalog;

/// <summary>What a request says about the model that it means, and the words to talk about it.</summary>
/// <param name="Task">What the model must do.</param>
/// <param name="Verb">The task in a sentence: "translate", "caption images".</param>
/// <param name="Model">Its name; null leaves the choice to the languages.</param>
internal sealed record ModelChoice(string Task, string Verb, string? Model)
{
    /// <summary>Language of the input; null for any, and for tasks whose input has none.</summary>
    public string? Source { get; private init; }

    /// <summary>Language of the output; null for any.</summary>
    public string? Target { get; private init; }

    /// <summary>The request's field that has <see cref="Target"/>.</summary>
    public required string TargetField { get; init; }

    /// <summary>What the caller can say to be clearer.</summary>
    public required string Hint { get; init; }

    public static ModelChoice Of(TranslateRequest request) => new(ModelTask.Translate, "translate", request.Model)
    {
        Source = request.Source,
        Target = request.Target,
        TargetField = "target",
        Hint = "name one in 'model', or give 'source' and 'target'",
    };

    public static ModelChoice Of(CaptionRequest request) => new(ModelTask.Caption, "caption images", request.Model)
    {
        Target = request.Language,
        TargetField = "language",
        Hint = "name one in 'model', or give 'language'",
    };

    /// <summary>Whether a model speaks the languages that are asked for.</summary>
    public bool Fits(LanguagePair languages) => Speaks(languages.Source, Source) && Speaks(languages.Target, Target);

    /// <summary>The languages that are asked for, such as "'en' → any language".</summary>
    public string Languages => $"{(Task == ModelTask.Caption ? "image" : Language(Source))} → {Language(Target)}";

    /// <summary>RFC 4647, section 3.4: a request for en-GB is served by a model for en; letter case does not matter.</summary>
    private static bool Speaks(string? model, string? asked) =>
        asked is null
        || string.Equals(model, asked, StringComparison.OrdinalIgnoreCase)
        || (model is not null && asked.StartsWith(model + "-", StringComparison.OrdinalIgnoreCase));

    private static string Language(string? asked) => asked is null ? "any language" : Refusals.Quote(asked);
}
