using RnnServe.Inference.Search;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>Turns a request's options and a bundle's defaults into the search's options.</summary>
internal static class SearchLimits
{
    /// <summary>
    /// Most attention weights in the answer to one request. The weights of a text are a matrix over all its sentences, so that they grow
    /// with the square of its length: without a limit one long text could ask for gigabytes.
    /// </summary>
    public const long MaxAttentionWeights = 4_000_000;

    /// <summary>Checks the options once per request.</summary>
    /// <exception cref="ArgumentException">An option is outside the bundle's limits; the parameter's name is the option's name in
    /// JSON.</exception>
    public static void Check(SearchOptions options, ModelManifest manifest)
    {
        var limits = manifest.Decoding.Limits;
        int beam = options.BeamSize ?? manifest.Decoding.BeamSize;
        ExpectRange(beam, 1, limits.BeamSize, "beamSize");
        ExpectRange(options.Alternatives, 0, beam - 1, "alternatives");
        ExpectPenalty(options.LengthPenalty, "lengthPenalty");
        ExpectPenalty(options.Coverage, "coveragePenalty");
        if (options.MaxLength is { } length)
            ExpectRange(length, 1, limits.MaxLength, "maxLength");
        if (options.Coverage > 0)
            ExpectAttention(manifest, "coveragePenalty");
        if (options.Attention)
            ExpectAttention(manifest, "attention");
    }

    /// <summary>Checks that the attention of all answers together fits, should each sentence become as long as it may.</summary>
    /// <param name="rows">Of each answer, the most target tokens.</param>
    /// <param name="columns">Of each answer, the source positions.</param>
    /// <exception cref="AttentionTooLargeException">It does not.</exception>
    public static void CheckAttention(IEnumerable<long> rows, IEnumerable<long> columns)
    {
        long weights = rows.Zip(columns, (r, c) => r * c).Sum();
        if (weights > MaxAttentionWeights)
            throw new AttentionTooLargeException(weights, MaxAttentionWeights);
    }

    /// <summary>The options of one sentence's search.</summary>
    public static DecodingOptions Of(SearchOptions options, ModelManifest manifest, int sourceLength)
    {
        var defaults = manifest.Decoding;
        return new DecodingOptions
        {
            BeamSize = options.BeamSize ?? defaults.BeamSize,
            Best = options.Alternatives + 1,
            LengthPenalty = options.LengthPenalty ?? defaults.LengthPenalty,
            CoveragePenalty = manifest.Decoder.Attention ? options.Coverage ?? defaults.CoveragePenalty : 0f,
            MaxLength = options.MaxLength ?? defaults.MaxLength
                ?? Math.Min(options.UsualMaxLength(sourceLength), defaults.Limits.MaxLength),
            Attention = options.Attention,
        };
    }

    private static void ExpectRange(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"Must be {least} to {most}.");
    }

    private static void ExpectAttention(ModelManifest manifest, string name)
    {
        if (!manifest.Decoder.Attention)
            throw new ArgumentException($"The model '{manifest.Name}' has no attention.", name);
    }

    private static void ExpectPenalty(float? value, string name)
    {
        if (value is not null and not (>= 0 and <= 2))
            throw new ArgumentOutOfRangeException(name, value, "Must be 0 to 2.");
    }
}
