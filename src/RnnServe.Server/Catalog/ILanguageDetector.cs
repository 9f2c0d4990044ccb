namespace RnnServe.Server.Catalog;

/// <summary>Says which language texts are in. The kind whose models can do it has the implementation.</summary>
internal interface ILanguageDetector
{
    /// <param name="texts">Texts of one language.</param>
    /// <param name="among">Languages that come into question, as BCP 47 codes.</param>
    /// <param name="cancellation">Drops the work.</param>
    /// <returns>All of them, the likeliest first; null where no model of this server knows them all.</returns>
    Task<IReadOnlyList<DetectedLanguage>?> DetectAsync(
        IReadOnlyList<string> texts, IReadOnlyCollection<string> among, CancellationToken cancellation);
}

/// <summary>A language that texts may be in.</summary>
/// <param name="Language">BCP 47 code.</param>
/// <param name="Confidence">Its probability; those of all that come into question sum to 1.</param>
internal sealed record DetectedLanguage(string Language, double Confidence);
