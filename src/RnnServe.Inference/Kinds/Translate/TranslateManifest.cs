using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>The manifest of a model that translates.</summary>
public sealed record TranslateManifest : SearchManifest
{
    /// <summary>The kind's section.</summary>
    public required TranslateSection Translate { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override SearchSection Section => Translate;

    /// <inheritdoc/>
    internal override IEnumerable<(string Field, string Path)> Paths =>
        Translate.Tokenizers.Source is { } source ? base.Paths.Prepend(($"{Task}.tokenizers.source", source)) : base.Paths;

    internal override EncoderContract Encoder => new(
        TextInputs.Contract,
        TensorContract.Any,
        session => new TextEncoder(session, Decoder, Translate.Encoder.PadId),
        new TextSource([Translate.Encoder.EndId]),
        "a sentence");

    /// <inheritdoc/>
    internal override bool HasPrefix => true;

    /// <inheritdoc/>
    internal override int UsualMaxLength(int sourceLength) => (2 * sourceLength) + 10;

    /// <inheritdoc/>
    internal override void Check()
    {
        ManifestRules.ExpectPresence(Languages.Source is not null, true, "languages.source", this);
        ManifestRules.ExpectPresence(Tokenizers.Source is not null, true, $"{Task}.tokenizers.source", this);
        ManifestRules.ExpectRange(Translate.Encoder.EndId, 0, Translate.Encoder.VocabularySize - 1, $"{Task}.encoder.endId");
        ManifestRules.ExpectRange(Translate.Encoder.PadId, 0, Translate.Encoder.VocabularySize - 1, $"{Task}.encoder.padId");
        base.Check();
    }

    /// <summary>Loads both tokenizers; one, where both are the same file.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="ModelBundleException">One cannot be read, or has another number of tokens than the manifest says.</exception>
    internal (Tokenizer Source, Tokenizer Target) LoadTokenizers(string folder)
    {
        var target = LoadTarget(folder);
        bool shared = Tokenizers.Source == Tokenizers.Target && Translate.Encoder.VocabularySize == Decoder.VocabularySize;
        var source = shared
            ? target
            : TokenizerFile.Load(folder, Tokenizers.Source!, "encoder.vocabularySize", Translate.Encoder.VocabularySize);
        CheckPlaceholders(source, Tokenizers.Source!);
        CheckPlaceholders(target, Tokenizers.Target);
        return (source, target);
    }

    private void CheckPlaceholders(Tokenizer tokenizer, string path)
    {
        int count = Translate.Placeholders, known = Placeholders.KnownBy(tokenizer, count);
        if (known == count)
            return;
        int missing = Placeholders.Characters(count)[known];
        throw new ModelBundleException(
            path, $"{Task}.placeholders", $"no token for U+{missing:X4}", $"one for each of {count} placeholders");
    }
}

/// <summary>What a model that translates needs beside what all models have.</summary>
public sealed record TranslateSection : SearchSection
{
    /// <summary>What the encoder expects.</summary>
    public required TextEncoderManifest Encoder { get; init; }

    /// <summary>How many characters of the private use area, U+E000 and so on, the model has learnt to copy: they stand for addresses,
    /// names of variables, numbers and the like of a sentence, which are put back into its translation. 0: the model reads what is
    /// typed.</summary>
    [Range(0, Text.Placeholders.Most), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Placeholders { get; init; }
}

/// <summary>What the encoder of a text expects.</summary>
public sealed record TextEncoderManifest
{
    /// <summary>Number of source tokens; the source tokenizer has as many.</summary>
    [Range(1, int.MaxValue)]
    public required int VocabularySize { get; init; }

    /// <summary>The token behind the last one of every sentence.</summary>
    public required int EndId { get; init; }

    /// <summary>The token that fills the shorter sentences of a batch.</summary>
    public required int PadId { get; init; }
}
