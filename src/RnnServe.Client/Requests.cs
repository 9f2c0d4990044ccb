namespace RnnServe.Client;

/// <summary>How an answer is searched for. What is null is the model's to say; a value outside its range is refused (400).</summary>
public abstract record SearchOptions
{
    /// <summary>Name of the model; null: the one for the languages.</summary>
    public string? Model { get; init; }

    /// <summary>Hypotheses kept, 1 (greedy, the fastest) to 16.</summary>
    public int? BeamSize { get; init; }

    /// <summary>Further answers to return, 0 to the beam size less 1.</summary>
    public int? Alternatives { get; init; }

    /// <summary>α, 0 to 2: scores are divided by ((5 + length) / 6)^α.</summary>
    public double? LengthPenalty { get; init; }

    /// <summary>Most tokens of one sentence of the answer, 1 to 512.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Answers are drawn rather than searched for; null: searched for.</summary>
    public Sampling? Sampling { get; init; }

    /// <summary>What else to return: tokens, attention, timing.</summary>
    public IReadOnlyList<string>? Include { get; init; }
}

/// <summary>Texts to translate, and how.</summary>
/// <param name="Text">1 to 256 texts; one where the answer streams.</param>
public sealed record TranslateRequest(params IReadOnlyList<string> Text) : SearchOptions
{
    /// <summary>BCP 47 code of the language of the texts; null: the server finds out, where several come into question.</summary>
    public string? Source { get; init; }

    /// <summary>BCP 47 code of the language to translate into.</summary>
    public string? Target { get; init; }

    /// <summary>β, 0 to 2: how strongly a translation that leaves words out is punished.</summary>
    public double? CoveragePenalty { get; init; }

    /// <summary>What the translation must begin with.</summary>
    public string? Prefix { get; init; }
}

/// <summary>How tokens are drawn: from probabilities sharpened by a temperature, from the likeliest K, from the likeliest that together
/// have the probability P. The same seed draws the same.</summary>
public sealed record Sampling(double? Temperature = null, int? TopK = null, double? TopP = null, long? Seed = null);

/// <summary>How images are captioned.</summary>
public sealed record CaptionOptions : SearchOptions
{
    /// <summary>BCP 47 code of the captions' language.</summary>
    public string? Language { get; init; }
}

/// <summary>Texts to find the labels of.</summary>
/// <param name="Text">1 to 256 texts.</param>
public sealed record ClassifyRequest(params IReadOnlyList<string> Text)
{
    /// <summary>Name of the model; null: the one for the language.</summary>
    public string? Model { get; init; }

    /// <summary>BCP 47 code of the language of the texts.</summary>
    public string? Language { get; init; }

    /// <summary>What else to return: attention, timing.</summary>
    public IReadOnlyList<string>? Include { get; init; }
}

/// <summary>Texts to find the languages of.</summary>
/// <param name="Text">1 to 256 texts.</param>
public sealed record DetectRequest(params IReadOnlyList<string> Text)
{
    /// <summary>Name of the model; null: the one that knows languages.</summary>
    public string? Model { get; init; }
}
