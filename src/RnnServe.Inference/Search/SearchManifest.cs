using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Search;

/// <summary>The manifest of a model whose outputs are searched token by token, whatever they are decoded from.</summary>
public abstract record SearchManifest : ModelManifest
{
    /// <summary>The kind's section.</summary>
    [JsonIgnore]
    public abstract SearchSection Section { get; }

    /// <summary>Tokenizer files.</summary>
    [JsonIgnore]
    public TokenizerFiles Tokenizers => Section.Tokenizers;

    /// <summary>What the decoder graph expects and gives.</summary>
    [JsonIgnore]
    public DecoderManifest Decoder => Section.Decoder;

    /// <summary>Defaults and limits of the search.</summary>
    [JsonIgnore]
    public DecodingManifest Decoding => Section.Decoding;

    /// <summary>Whether a coverage penalty has a meaning.</summary>
    internal virtual bool HasCoverage => Decoder.Attention;

    /// <summary>Whether an output can be asked to begin with a text.</summary>
    internal virtual bool HasPrefix => false;

    /// <summary>Most tokens of an output where neither the request nor the bundle says.</summary>
    /// <param name="sourceLength">Positions of the source.</param>
    internal abstract int UsualMaxLength(int sourceLength);

    /// <summary>What the kind's encoder is like.</summary>
    internal abstract EncoderContract Encoder { get; }

    /// <inheritdoc/>
    internal override IEnumerable<(string Field, string Path)> Paths => [($"{Task}.tokenizers.target", Tokenizers.Target)];

    /// <summary>Loads the tokenizer of the output.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="ModelBundleException">It cannot be read, or has another number of tokens than the manifest says.</exception>
    internal Tokenizer LoadTarget(string folder) =>
        TokenizerFile.Load(folder, Tokenizers.Target, "decoder.vocabularySize", Decoder.VocabularySize);

    /// <inheritdoc/>
    internal override void Check()
    {
        ManifestRules.Expect(Languages.Target is not null, "languages.target", "nothing", "a text");
        foreach (string precision in PrecisionSet.Names)
            ManifestRules.Expect(Graphs.Of(precision) is not { Decoder: null }, $"graphs.{precision}.decoder", "nothing", "a text");
        CheckDecoder(Decoder, $"{Task}.decoder");
        ManifestRules.ExpectRange(Decoding.BeamSize, 1, Decoding.Limits.BeamSize, $"{Task}.decoding.beamSize");
        if (Decoding.MaxLength is { } length)
            ManifestRules.ExpectRange(length, 1, Decoding.Limits.MaxLength, $"{Task}.decoding.maxLength");
        base.Check();
    }

    private static void CheckDecoder(DecoderManifest decoder, string field)
    {
        ManifestRules.ExpectRange(decoder.StartId, 0, decoder.VocabularySize - 1, $"{field}.startId");
        ManifestRules.ExpectRange(decoder.EndId, 0, decoder.VocabularySize - 1, $"{field}.endId");
        ManifestRules.ExpectRange(decoder.PadId, 0, decoder.VocabularySize - 1, $"{field}.padId");
        if (decoder.UnknownId is { } unknown)
            ManifestRules.ExpectRange(unknown, 0, decoder.VocabularySize - 1, $"{field}.unknownId");
        bool endIsProduced = decoder.EndId != decoder.StartId && decoder.EndId != decoder.PadId && decoder.EndId != decoder.UnknownId;
        ManifestRules.Expect(endIsProduced, $"{field}.endId", decoder.EndId, "an id of its own");

        for (int i = 0; i < decoder.States.Count; i++)
        {
            string name = decoder.States[i].Name;
            bool unique = decoder.States.Take(i).All(s => s.Name != name);
            ManifestRules.Expect(unique, $"{field}.states[{i}].name", $"'{name}'", "a name of its own");
        }

        var (least, most) = decoder.Attention ? (1, 1 << 20) : (0, 0);
        ManifestRules.ExpectRange(decoder.MemorySize, least, most, $"{field}.memorySize");
        ManifestRules.ExpectRange(decoder.KeySize, least, most, $"{field}.keySize");
    }
}

/// <summary>The section of a kind whose outputs are searched.</summary>
public abstract record SearchSection
{
    /// <summary>Tokenizer files.</summary>
    public required TokenizerFiles Tokenizers { get; init; }

    /// <summary>What the decoder graph expects and gives.</summary>
    public required DecoderManifest Decoder { get; init; }

    /// <summary>Defaults and limits of the search.</summary>
    public DecodingManifest Decoding { get; init; } = new();
}

/// <summary>What an encoder must be like, and how to try it.</summary>
/// <param name="Inputs">Tensors that its graph has.</param>
/// <param name="Positions">S of its memory and keys.</param>
/// <param name="Create">Makes the encoder of an open graph.</param>
/// <param name="Trial">What it is tried with: only a run tells whether it works.</param>
/// <param name="TrialName">That in words.</param>
internal sealed record EncoderContract(
    IReadOnlyList<ExpectedTensor> Inputs, TensorSize Positions, Func<Session, IEncoder> Create, Source Trial, string TrialName);

/// <summary>Paths inside the bundle of the tokenizers; both may name the same file.</summary>
public sealed record TokenizerFiles
{
    /// <summary>Tokenizer of the input; null when the input is an image.</summary>
    public string? Source { get; init; }

    /// <summary>Tokenizer of the output.</summary>
    public required string Target { get; init; }
}

