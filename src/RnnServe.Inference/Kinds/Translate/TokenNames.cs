using System.Text;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>What a caller's text has for each token of its plain form: "man’s", where the tokens are of "man's".</summary>
internal static class TokenNames
{
    /// <summary>A name for each token. Each character is named once, by the first token that stands for it; a token that cannot be found in
    /// the text, or is part of a character, has its own name.</summary>
    /// <param name="tokens">The tokens of <paramref name="plain"/>.</param>
    /// <param name="tokenizer">Theirs.</param>
    /// <param name="plain">The sentence in plain form.</param>
    /// <param name="sentence">The caller's sentence.</param>
    /// <param name="origins">For each character of the plain form, its place in the sentence.</param>
    public static string[] Of(ReadOnlySpan<int> tokens, Tokenizer tokenizer, string plain, string sentence, IReadOnlyList<int> origins)
    {
        var names = new string[tokens.Length];
        var (place, named, bytes) = (0, 0, 0);
        for (int i = 0; i < tokens.Length; i++)
        {
            string shown = names[i] = Answers.Shown(tokenizer, tokens[i]);
            while (place < plain.Length && plain[place] == ' ')
                place++;
            if (plain.AsSpan(place).StartsWith(shown, StringComparison.OrdinalIgnoreCase))
            {
                int end = place + shown.Length;
                int to = EndOf(origins, end - 1, sentence.Length);
                if (Math.Max(origins[place], named) is var from && from < to)
                    names[i] = sentence[from..to].Trim();
                (place, named, bytes) = (end, Math.Max(to, named), 0);
            }
            else if (ByteTokens.TryParse(shown, out _) && Rune.TryGetRuneAt(plain, place, out var rune)
                && ++bytes == rune.Utf8SequenceLength)
            {
                (place, bytes) = (place + rune.Utf16SequenceLength, 0);
            }
        }

        return names;
    }

    /// <summary>Where in the sentence the next character begins after the one that a character of the plain form stands for.</summary>
    private static int EndOf(IReadOnlyList<int> origins, int place, int end)
    {
        int next = place;
        while (next < origins.Count && origins[next] == origins[place])
            next++;
        return next < origins.Count ? origins[next] : end;
    }
}
