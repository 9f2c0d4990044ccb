using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;
using RnnServe.Server.Http;

namespace RnnServe.Server.Search;

/// <summary>What requests of every kind of model with a search ask of it.</summary>
public abstract record SearchRequest : IGroupedFields
{
    /// <summary>Hypotheses that a request may keep at most; a model may allow fewer.</summary>
    internal const int WidestBeam = 16;

    /// <summary>Tokens that a request may ask for at most; a model may allow fewer.</summary>
    internal const int LongestOutput = 512;

    /// <summary>Hypotheses kept per sentence or image: 1 is greedy and the fastest; 4 to 8 are the best for texts, 3 to 5 for images.
    /// The model says the default, for texts mostly 5.</summary>
    /// <example>4</example>
    [AllowedRange(1, WidestBeam)]
    public int? BeamSize { get; init; }

    /// <summary>How many further answers to each text or image to return, 0 to beamSize - 1.</summary>
    /// <example>1</example>
    [AllowedRange(0, WidestBeam - 1)]
    public int? Alternatives { get; init; }

    /// <summary>Strength α of the length penalty: scores are divided by ((5 + length) / 6)^α. The model says the default.</summary>
    /// <example>1.0</example>
    [AllowedRange(0.0, 2.0)]
    public double? LengthPenalty { get; init; }

    /// <summary>Most tokens of one sentence of an answer. What is cut there says so in truncated.
    /// The model says the default, for images mostly 30.</summary>
    /// <example>100</example>
    [AllowedRange(1, LongestOutput)]
    public int? MaxLength { get; init; }

    /// <summary>Draw the answers instead of searching the best; alternatives are further ones, and beamSize is left out.</summary>
    [AllowedObject(SamplingRequest.Allowed)]
    public SamplingRequest? Sampling { get; init; }

    /// <summary>
    /// What else to return: tokens, attention, timing. In an address or a form separated by commas, or given several times.
    /// </summary>
    /// <example>["tokens", "timing"]</example>
    [AllowedItems("tokens", "attention", "timing")]
    public IReadOnlyList<string>? Include { get; init; }

    IEnumerable<(string Name, IFieldGroup Fields)> IGroupedFields.Groups => Sampling is null ? [] : [("sampling", Sampling)];

    /// <summary>Whether the request names <paramref name="part"/> in include.</summary>
    internal bool Includes(string part) => Include?.Contains(part, StringComparer.Ordinal) ?? false;

    /// <summary>Fills in the options that every such kind has.</summary>
    /// <param name="options">The kind's own options.</param>
    internal SearchOptions Fill(SearchOptions options) => options with
    {
        BeamSize = BeamSize,
        Alternatives = Alternatives ?? 0,
        LengthPenalty = (float?)LengthPenalty,
        MaxLength = MaxLength,
        Sampling = Sampling?.Options(),
        Tokens = Includes("tokens"),
        Attention = Includes("attention"),
    };

    /// <summary>Checks what only the picked model can say: its own limits may be narrower than the contract's.</summary>
    /// <exception cref="ApiException">400 with every refused field.</exception>
    internal static void Check(SearchOptions options, ModelManifest manifest)
    {
        var errors = new FieldErrors();
        foreach (var (field, found, allowed) in options.Check((SearchManifest)manifest))
            errors.Refuse(field, found, allowed);
        errors.ThrowIfAny();
    }
}
