using System.Globalization;

namespace RnnServe.Inference.Search;

/// <summary>How an output is searched, whatever the kind; null takes the bundle's default.</summary>
public sealed record SearchOptions
{
    /// <summary>Hypotheses kept per sentence, 1 (greedy) to the bundle's limit.</summary>
    public int? BeamSize { get; init; }

    /// <summary>Further hypotheses to return, 0 to the beam size minus one.</summary>
    public int Alternatives { get; init; }

    /// <summary>Strength α of the length penalty, 0 to 2.</summary>
    public float? LengthPenalty { get; init; }

    /// <summary>Strength β of the coverage penalty, 0 to 2; models without attention have none, nor have some kinds.</summary>
    public float? CoveragePenalty { get; init; }

    /// <summary>Most tokens of one sentence, its end token included, 1 to the bundle's limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>How to draw outputs, instead of searching the best; alternatives are further ones. Null: beam search.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>What the output begins with, to the last character; null or empty: anything. Kinds that read no text have none.</summary>
    public string? Prefix { get; init; }

    /// <summary>Whether to return the tokens with their log-probabilities.</summary>
    public bool Tokens { get; init; }

    /// <summary>Whether to return the attention; refused for models without it.</summary>
    public bool Attention { get; init; }

    /// <summary>What a model does not allow.</summary>
    public IEnumerable<FieldError> Check(SearchManifest model)
    {
        var limits = model.Decoding.Limits;
        string ofModel = $"for the model '{model.Name}'", noAttention = $"the model '{model.Name}' has no attention";
        string noCoverage = model.Decoder.Attention ? $"'{model.Task}' has none" : noAttention;
        if (!(BeamSize is null || (BeamSize >= 1 && BeamSize <= limits.BeamSize)))
            yield return new("beamSize", $"{BeamSize}", $"an integer from 1 to {limits.BeamSize} {ofModel}");
        if (!(MaxLength is null || (MaxLength >= 1 && MaxLength <= limits.MaxLength)))
            yield return new("maxLength", $"{MaxLength}", $"an integer from 1 to {limits.MaxLength} {ofModel}");
        int most = (Sampling is null ? BeamSize ?? model.Decoding.BeamSize : limits.BeamSize) - 1;
        if (Alternatives < 0 || Alternatives > most)
        {
            string reason = Sampling is null ? $", because beamSize is {most + 1}" : $" {ofModel}";
            yield return new("alternatives", $"{Alternatives}", $"an integer from 0 to {most}{reason}");
        }

        if (Attention && !model.Decoder.Attention)
            yield return new("include", "'attention'", $"tokens or timing: {noAttention}");
        if (LengthPenalty is not null and not (>= 0 and <= 2))
            yield return new("lengthPenalty", FieldError.Shown(LengthPenalty), "a number from 0 to 2");
        if (CoveragePenalty is not null and not (>= 0 and <= 2))
            yield return new("coveragePenalty", FieldError.Shown(CoveragePenalty), "a number from 0 to 2");
        else if (CoveragePenalty > 0 && !model.HasCoverage)
            yield return new("coveragePenalty", FieldError.Shown(CoveragePenalty), $"0: {noCoverage}");
        if (Prefix is { Length: > 0 } && !model.HasPrefix)
            yield return new("prefix", "given", $"absent: '{model.Task}' has none");
        foreach (var error in Sampling is null ? [] : CheckSampling())
            yield return error;
    }

    private IEnumerable<FieldError> CheckSampling()
    {
        if (BeamSize is not null)
            yield return new("beamSize", $"{BeamSize}", "absent: with sampling, nothing is searched");
        if (CoveragePenalty > 0)
            yield return new("coveragePenalty", FieldError.Shown(CoveragePenalty), "0: with sampling, nothing is searched");
        foreach (var error in Sampling!.Check())
            yield return error;
    }

    /// <summary>The options of one sentence's search, which must have been checked.</summary>
    /// <param name="model">Has the defaults.</param>
    /// <param name="sourceLength">Positions of its source.</param>
    /// <param name="beginning">Tokens that its output has to begin with.</param>
    internal DecodingOptions For(SearchManifest model, int sourceLength, int beginning = 0)
    {
        var defaults = model.Decoding;
        return new DecodingOptions
        {
            BeamSize = BeamSize ?? defaults.BeamSize,
            Best = Alternatives + 1,
            LengthPenalty = LengthPenalty ?? defaults.LengthPenalty,
            CoveragePenalty = model.HasCoverage ? CoveragePenalty ?? defaults.CoveragePenalty : 0f,
            MaxLength = MaxLength ?? defaults.MaxLength
                ?? Math.Min(model.UsualMaxLength(sourceLength) + beginning, defaults.Limits.MaxLength),
            Attention = Attention,
        };
    }
}

/// <summary>A value that is refused.</summary>
/// <param name="Field">Its name in JSON.</param>
/// <param name="Found">The value.</param>
/// <param name="Allowed">What it may be, as it follows "but must be".</param>
public readonly record struct FieldError(string Field, string Found, string Allowed)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field} is {Found}, but must be {Allowed}.";

    /// <summary>A number as JSON has it.</summary>
    internal static string Shown(IFormattable? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
