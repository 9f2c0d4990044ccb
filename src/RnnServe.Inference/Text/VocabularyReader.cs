using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>Reads the parts "model" and "added_tokens" of tokenizer.json.</summary>
internal static class VocabularyReader
{
    public static ITokenModel Read(JsonPart model, JsonPart addedTokens) => model["type"].TextOr("BPE") switch
    {
        "BPE" => new BpeModel(ReadPairs(model, addedTokens)),
        "WordLevel" => new WordModel(ReadWords(model, addedTokens)),
        _ => throw model["type"].Fault(model["type"].Found(), "BPE, WordLevel"),
    };

    private static WordVocabulary ReadWords(JsonPart model, JsonPart addedTokens)
    {
        model.AllowFields("type", "unk_token", "vocab");
        var ids = ReadIds(model["vocab"]);
        var special = ReadAddedTokens(addedTokens, ids);
        return new WordVocabulary(InOrder(ids, model["vocab"]), special, ReadUnknown(model["unk_token"], ids));
    }

    private static BpeVocabulary ReadPairs(JsonPart model, JsonPart addedTokens)
    {
        model.AllowFields(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
            "ignore_merges", "vocab", "merges");
        model["dropout"].RequireNull();
        RequireEmpty(model["continuing_subword_prefix"]);
        RequireEmpty(model["end_of_word_suffix"]);
        if (model["ignore_merges"].FlagOr(false))
            throw model["ignore_merges"].Fault("true", "false");

        var ids = ReadIds(model["vocab"]);
        var special = ReadAddedTokens(addedTokens, ids);
        var tokens = InOrder(ids, model["vocab"]);
        var merges = model["merges"].Items().Select(merge => ReadMerge(merge, ids)).ToList();
        return new BpeVocabulary(
            tokens, special, merges, ReadUnknown(model["unk_token"], ids),
            model["byte_fallback"].FlagOr(false), model["fuse_unk"].FlagOr(false));
    }

    private static Dictionary<string, int> ReadIds(JsonPart vocab)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in vocab.Require(JsonValueKind.Object).EnumerateObject())
            ids[token.Name] = new JsonPart(token.Value, $"{vocab.Path}[\"{token.Name}\"]").Number();
        return ids;
    }

    // "a b", or ["a", "b"] as newer files have it.
    private static (string Left, string Right) ReadMerge(JsonPart merge, Dictionary<string, int> ids)
    {
        string[] pair = merge.Element.ValueKind == JsonValueKind.Array
            ? [.. merge.Items().Select(item => item.Text())]
            : merge.Text().Split(' ');
        if (pair is not [var left, var right])
            throw merge.Fault(merge.Found(), "\"a b\", [\"a\", \"b\"]");

        foreach (var token in (string[])[left, right, left + right])
        {
            if (!ids.ContainsKey(token))
                throw merge.Fault($"the token '{token}', which is not in the vocabulary", "tokens of the vocabulary");
        }

        return (left, right);
    }

    private static HashSet<int> ReadAddedTokens(JsonPart addedTokens, Dictionary<string, int> ids)
    {
        var special = new HashSet<int>();
        foreach (var token in addedTokens.IsNull ? [] : addedTokens.Items())
        {
            token.AllowFields("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            if (!token["special"].FlagOr(false))
                throw token.Fault($"'{token["content"].Text()}', which is not special", "special tokens");

            var (content, id) = (token["content"].Text(), token["id"].Number());
            if (ids.TryGetValue(content, out var known) && known != id)
                throw token["id"].Fault($"{id}", $"{known}, the id of '{content}' in the vocabulary");
            ids[content] = id;
            special.Add(id);
        }

        return special;
    }

    private static int? ReadUnknown(JsonPart unknown, Dictionary<string, int> ids)
    {
        if (unknown.IsNull)
            return null;
        return ids.TryGetValue(unknown.Text(), out var id)
            ? id
            : throw unknown.Fault($"'{unknown.Text()}', which is not in the vocabulary", "null, a token of the vocabulary");
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

    private static void RequireEmpty(JsonPart part)
    {
        if (part.TextOr("").Length > 0)
            throw part.Fault(part.Found(), "null");
    }
}
