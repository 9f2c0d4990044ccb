using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>Reads the parts "model" and "added_tokens" of tokenizer.json.</summary>
internal static class ModelReader
{
    private const int LongestWordPieceWord = 1_000;

    public static TokenizerParts Read(JsonPart model, JsonPart addedTokens, TextPipeline pipeline)
    {
        // Files older than this field have byte pairs.
        var type = model["type"].TextOr("BPE");
        var vocab = model["vocab"];
        var ids = type == "Unigram" ? ReadPieces(vocab) : ReadIds(vocab);
        HashSet<int> special = [], reserved = [];
        if (type is "BPE" or "Unigram" && model["byte_fallback"].FlagOr(false))
            reserved.UnionWith(ids.Where(entry => ByteTokens.TryParse(entry.Key, out _)).Select(entry => entry.Value));

        List<AddedToken> added = [], addedLater = [];
        foreach (var token in addedTokens.IsNull ? [] : addedTokens.Items())
            ReadAddedToken(token, ids, special, reserved, token["normalized"].FlagOr(true) ? addedLater : added);

        var unknown = type == "Unigram" ? ReadUnknownId(model["unk_id"], ids.Count) : ReadUnknown(model["unk_token"], ids);
        var tokens = InOrder(ids, vocab);
        var words = new WordCache(ReadModel(type, model, new Vocabulary([.. tokens], ids, special, reserved, unknown)));
        for (var i = 0; i < addedLater.Count; i++)
        {
            addedLater[i] = addedLater[i] with { Content = pipeline.Normalize(addedLater[i].Content) };
            tokens[addedLater[i].Id] = addedLater[i].Content;
        }

        return new TokenizerParts(
            new Vocabulary(tokens, ids, special, reserved, unknown),
            words,
            pipeline,
            AddedTokens.Create(added),
            AddedTokens.Create(addedLater));
    }

    private static IWordModel ReadModel(string type, JsonPart model, Vocabulary vocabulary)
    {
        switch (type)
        {
            case "BPE":
                model.AllowFields(
                    "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
                    "ignore_merges", "vocab", "merges");
                return new BpeModel(vocabulary, ReadPairs(model, vocabulary.Ids));
            case "WordPiece":
                model.AllowFields("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
                var longest = model["max_input_chars_per_word"];
                if (vocabulary.Unknown is null)
                    throw model["unk_token"].Fault(model["unk_token"].Found(), "a token of the vocabulary");
                if (longest.NumberOr(100) is < 1 or > LongestWordPieceWord)
                    throw longest.Fault(longest.Found(), $"1 to {LongestWordPieceWord}");
                return new WordPieceModel(vocabulary, model["continuing_subword_prefix"].TextOr("##"), longest.NumberOr(100));
            case "WordLevel":
                model.AllowFields("type", "unk_token", "vocab");
                return new WordPieceModel(vocabulary, null, Math.Max(1, vocabulary.Tokens.Max(token => token.Length)));
            case "Unigram":
                model.AllowFields("type", "unk_id", "vocab", "byte_fallback");
                return new UnigramModel(vocabulary, [.. model["vocab"].Items().Select(ReadScore)], model["byte_fallback"].FlagOr(false));
            default:
                throw model["type"].Fault(model["type"].Found(), "BPE, WordPiece, WordLevel, Unigram");
        }
    }

    private static BytePairs ReadPairs(JsonPart model, IReadOnlyDictionary<string, int> ids)
    {
        model["dropout"].RequireNull();
        var (prefix, suffix) = (model["continuing_subword_prefix"].TextOr(""), model["end_of_word_suffix"].TextOr(""));
        var byteFallback = model["byte_fallback"].FlagOr(false);
        if (byteFallback && prefix.Length + suffix.Length > 0)
            throw model["byte_fallback"].Fault("true", "false, or neither continuing_subword_prefix nor end_of_word_suffix");

        return new BytePairs(
            [.. model["merges"].Items().Select(merge => ReadMerge(merge, ids, prefix.Length))],
            byteFallback,
            model["fuse_unk"].FlagOr(false),
            model["ignore_merges"].FlagOr(false),
            prefix.Length > 0 ? prefix : null,
            suffix.Length > 0 ? suffix : null);
    }

    private static Dictionary<string, int> ReadIds(JsonPart vocab)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in vocab.Require(JsonValueKind.Object).EnumerateObject())
            ids[token.Name] = new JsonPart(token.Value, $"{vocab.Path}[\"{token.Name}\"]").Number();
        return ids;
    }

    // Pairs of a token and its score, in the order of the ids.
    private static Dictionary<string, int> ReadPieces(JsonPart vocab)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var piece in vocab.Items())
        {
            if (piece.Items().ToArray() is not [var token, _] || !ids.TryAdd(token.Text(), ids.Count))
                throw piece.Fault(piece.Found(), "[\"token\", score], each token once");
        }

        return ids;
    }

    private static double ReadScore(JsonPart piece) => piece.Items().Last().Real();

    // "a b", or ["a", "b"] as newer files have it.
    private static (string Left, string Right) ReadMerge(JsonPart merge, IReadOnlyDictionary<string, int> ids, int prefix)
    {
        string[] pair = merge.Element.ValueKind == JsonValueKind.Array
            ? [.. merge.Items().Select(item => item.Text())]
            : merge.Text().Split(' ');
        if (pair is not [var left, var right] || left.Length == 0 || right.Length <= prefix)
            throw merge.Fault(merge.Found(), "\"a b\", [\"a\", \"b\"]");

        foreach (var token in (string[])[left, right, left + right[prefix..]])
        {
            if (!ids.ContainsKey(token))
                throw merge.Fault($"the token '{token}', which is not in the vocabulary", "tokens of the vocabulary");
        }

        return (left, right);
    }

    // Special tokens are never found in a text, whatever a user types.
    private static void ReadAddedToken(
        JsonPart token, Dictionary<string, int> ids, HashSet<int> special, HashSet<int> reserved, List<AddedToken> added)
    {
        token.AllowFields("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var (content, id, isSpecial) = (token["content"].Text(), token["id"].Number(), token["special"].FlagOr(false));
        if (ids.TryGetValue(content, out var known) && known != id)
            throw token["id"].Fault($"{id}", $"{known}, the id of '{content}' in the vocabulary");
        if (content.Length == 0)
            throw token["content"].Fault("an empty string", "a string");

        if (ids.TryAdd(content, id) || isSpecial)
            reserved.Add(id);
        if (isSpecial)
            special.Add(id);
        else
            added.Add(new AddedToken(id, content, Flag("single_word"), Flag("lstrip"), Flag("rstrip")));

        bool Flag(string name) => token[name].FlagOr(false);
    }

    private static int? ReadUnknown(JsonPart unknown, Dictionary<string, int> ids)
    {
        if (unknown.IsNull)
            return null;
        return ids.TryGetValue(unknown.Text(), out var id)
            ? id
            : throw unknown.Fault($"'{unknown.Text()}', which is not in the vocabulary", "null, a token of the vocabulary");
    }

    private static int? ReadUnknownId(JsonPart unknown, int count)
    {
        if (unknown.IsNull)
            return null;
        return unknown.Number() < count ? unknown.Number() : throw unknown.Fault(unknown.Found(), $"null, 0 to {count - 1}");
    }

    private static string[] InOrder(Dictionary<string, int> ids, JsonPart vocab)
    {
        var tokens = new string[ids.Count];
        foreach (var (token, id) in ids)
        {
            if (id >= tokens.Length || tokens[id] is not null)
                throw vocab.Fault($"the id {id} for '{token}' among {tokens.Length} tokens", "each id from 0 on, once");
            tokens[id] = token;
        }

        return tokens;
    }
}
