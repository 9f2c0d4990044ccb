using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>What a text has for each of its tokens: tokenizers change letters, and do not know every word.</summary>
internal static class WordNames
{
    /// <summary>A name for each token; its own where the text's words by themselves are other tokens than the text.</summary>
    public static string[] Of(string text, ReadOnlySpan<int> tokens, Tokenizer tokenizer)
    {
        var names = new List<string>(tokens.Length);
        var rest = tokens;
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            int[] own = tokenizer.Encode(word);
            if (!rest.StartsWith(own.AsSpan(0, Math.Min(own.Length, rest.Length))))
                break;
            rest = rest[Math.Min(own.Length, rest.Length)..];
            names.AddRange(OfWord(word, [.. own.Select(token => Answers.Shown(tokenizer, token))]));
        }

        names.AddRange(rest.ToArray().Select(token => Answers.Shown(tokenizer, token)));
        return [.. names.Take(tokens.Length)];
    }

    /// <summary>Takes known tokens off both ends; what is between is the one that is left.</summary>
    private static string[] OfWord(string word, string[] names)
    {
        int first = 0, last = names.Length - 1;
        string middle = word;
        for (; first <= last && middle.StartsWith(names[first], StringComparison.OrdinalIgnoreCase); first++)
        {
            int length = names[first].Length;
            (names[first], middle) = (middle[..length], middle[length..]);
        }

        for (; last > first && middle.EndsWith(names[last], StringComparison.OrdinalIgnoreCase); last--)
        {
            int rest = middle.Length - names[last].Length;
            (names[last], middle) = (middle[rest..], middle[..rest]);
        }

        if (first == last && middle.Length > 0)
            names[first] = middle;
        return names;
    }
}
