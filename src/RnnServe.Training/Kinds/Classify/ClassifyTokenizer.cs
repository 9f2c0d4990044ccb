using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Learns the tokenizers of classifiers: they know no capital letters and one form of quotation marks.</summary>
internal static class ClassifyTokenizer
{
    /// <summary>
    /// Words as the Penn Treebank cuts them: "can't" is "ca" and "n't", "it's" is "it" and "'s". A hyphen is a token, so that the parts of
    /// compounds are known.
    /// </summary>
    private const string Words = @"n't\b|'(?:s|m|d|re|ve|ll)\b|[\p{L}\p{M}]+?(?=n't\b)|[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*|\.{2,}|-{2,}|\S";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is put before a tokenizer's own normalisation.</summary>
    private static readonly IReadOnlyList<string> Normalizers =
    [
        """{"type": "NFC"}""",
        """{"type": "Lowercase"}""",
        """{"type": "Replace", "pattern": {"Regex": "[‘’]"}, "content": "'"}""",
        """{"type": "Replace", "pattern": {"Regex": "[“”]"}, "content": "\""}""",
    ];

    /// <summary>Loads the recipe's tokenizer, or learns one.</summary>
    public static Tokenizer Create(ClassifyTokenizerSettings settings, IReadOnlyList<string> texts) => settings switch
    {
        { Path: { } path } => Tokenizer.Load(path),
        { Kind: TextTokens.Words } => LearnWords(texts, settings.MinimumCount),
        _ => LearnPairs(texts, settings.VocabularySize),
    };

    /// <summary>Frequent words come first, those of equal count in ordinal order.</summary>
    private static Tokenizer LearnWords(IEnumerable<string> texts, int minimumCount)
    {
        var counts = TokenizerReader.Read(OfWords(TokenizerWriter.SpecialTokens)).Pipeline.CountWords(texts);
        var words = counts
            .Where(entry => entry.Value >= minimumCount && !TokenizerWriter.SpecialTokens.Contains(entry.Key))
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.Key);
        return Tokenizer.Parse(OfWords([.. TokenizerWriter.SpecialTokens, .. words]));
    }

    private static Tokenizer LearnPairs(IReadOnlyList<string> texts, int vocabularySize)
    {
        var plain = TokenizerReader.Read(OfWords(TokenizerWriter.SpecialTokens)).Pipeline;
        return Tokenizer.Parse(Normalised(Tokenizers.LearnPairs(texts.Select(plain.Normalize), vocabularySize).ToJson()));
    }

    private static byte[] OfWords(IReadOnlyList<string> tokens)
    {
        var file = JsonNode.Parse(TokenizerWriter.WriteWords(tokens))!;
        file["normalizer"] = null;
        file["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = Words },
            ["behavior"] = "Removed",
            ["invert"] = true,
        };
        return Normalised(JsonSerializer.SerializeToUtf8Bytes(file, Format));
    }

    private static byte[] Normalised(byte[] json)
    {
        var file = JsonNode.Parse(json)!;
        var before = file["normalizer"]?["normalizers"]?.AsArray()
            .Where(step => (string?)step!["type"] != "NFC").Select(step => step!.DeepClone());
        file["normalizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["normalizers"] = new JsonArray([.. Normalizers.Select(step => JsonNode.Parse(step)), .. before ?? []]),
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(file, Format), (byte)'\n'];
    }
}
