using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>Byte pairs learnt over any steps before and after the model, and tokenizers of each kind with these tokens.</summary>
internal sealed class Pairs
{
    private const int Count = 1200, LongestWord = 64;

    private static readonly string[] Special = ["[PAD]", "[UNK]", "[BOS]", "[EOS]"];

    private readonly JsonNode file;
    private readonly OrderedDictionary<string, int> words;
    private readonly OrderedDictionary<string, int> tokens = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<(string Left, string Right), bool> merges = [];

    /// <param name="texts">What is learnt from; characters that occur once are left out.</param>
    /// <param name="steps">JSON of what comes before and after the model.</param>
    /// <param name="prefix">Before each character but the first of a word.</param>
    /// <param name="suffix">After the last character of a word.</param>
    /// <param name="bytes">Adds the tokens of the 256 bytes.</param>
    public Pairs(IReadOnlyList<string> texts, string steps, string prefix = "", string suffix = "", bool bytes = false)
    {
        file = JsonNode.Parse(steps)!;
        file["added_tokens"] = new JsonArray([.. Special.Select((content, id) => JsonSerializer.SerializeToNode(
            new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }))]);
        file["model"] = JsonSerializer.SerializeToNode(new { type = "WordLevel", unk_token = Special[1], vocab = Ids(Special) });
        words = TokenizerReader.Read(Utf8()).Pipeline.CountWords(texts);

        List<(string[] Symbols, int Count)> spelt =
        [
            .. words.Where(word => word.Key.Length <= LongestWord).Select(word => (Symbols(word.Key, prefix, suffix), word.Value)),
        ];
        foreach (var token in Special.Concat(bytes ? Enumerable.Range(0, 256).Select(value => ByteTokens.Name((byte)value)) : []))
            tokens.Add(token, tokens.Count);
        var symbols = spelt.SelectMany(word => word.Symbols).CountBy(symbol => symbol).Where(entry => entry.Value > 1).Select(entry => entry.Key);
        foreach (var symbol in symbols.Order(StringComparer.Ordinal))
            tokens.Add(symbol, tokens.Count);

        var counts = new PairCounts(spelt.Select(word =>
            (word.Symbols.Select(symbol => tokens.GetValueOrDefault(symbol, PairCounts.NoToken)).ToList(), word.Count)));
        while (merges.Count < Count && counts.TakeMostFrequent(2) is { } pair)
        {
            var (left, right) = (tokens.GetAt(pair.Left).Key, tokens.GetAt(pair.Right).Key);
            var product = left + right[prefix.Length..];
            tokens.TryAdd(product, tokens.Count);
            merges.TryAdd((left, right), true);
            counts.Merge(pair, tokens[product]);
        }
    }

    public JsonNode Bpe(object settings, bool everyThirdMergeLost = false)
    {
        var kept = merges.Keys.Where((_, i) => !everyThirdMergeLost || i % 3 != 2);
        var pairs = kept.Select(merge => new[] { merge.Left, merge.Right });
        return Model(new { type = "BPE", unk_token = Special[1], vocab = tokens, merges = pairs }, settings);
    }

    public JsonNode WordPiece() =>
        Model(new { type = "WordPiece", unk_token = Special[1], continuing_subword_prefix = "##", max_input_chars_per_word = 20, vocab = tokens });

    public JsonNode WordLevel() => Model(new
    {
        type = "WordLevel",
        unk_token = Special[1],
        vocab = Ids([.. Special, .. words.Where(word => word.Value > 1).Select(word => word.Key)]),
    });

    // What was merged first is the most frequent, so that its rank tells of its probability.
    public JsonNode Unigram(bool byteFallback) => Model(new
    {
        type = "Unigram",
        unk_id = 1,
        byte_fallback = byteFallback,
        vocab = tokens.Keys.Select((token, id) => new object[] { token, id < Special.Length ? 0 : -Math.Log(id) }),
    });

    private static Dictionary<string, int> Ids(IEnumerable<string> tokens) => tokens.Select((token, id) => (token, id)).ToDictionary();

    private static string[] Symbols(string word, string prefix, string suffix)
    {
        string[] symbols = [.. word.EnumerateRunes().Select((rune, i) => (i > 0 ? prefix : "") + rune)];
        symbols[^1] += suffix;
        return symbols;
    }

    private JsonNode Model(object model, object? settings = null)
    {
        file["model"] = JsonSerializer.SerializeToNode(model);
        foreach (var (name, value) in JsonSerializer.SerializeToNode(settings ?? new { })!.AsObject())
            file["model"]![name] = value?.DeepClone();
        return file;
    }

    private byte[] Utf8() => Encoding.UTF8.GetBytes(file.ToJsonString());
}
