using System.Text;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Makes translations begin with given characters.</summary>
/// <remarks>
/// The words before the last blank are forced token by token, as the tokenizer cuts them. The rest may be the beginning of a word, whose
/// tokens nobody knows, so it is forced character by character: of all tokens that fit, the search takes the likeliest. Thread-safe.
/// </remarks>
/// <param name="target">The tokenizer of the translations.</param>
/// <param name="banned">Words that no translation has; null for none.</param>
internal sealed class OutputPrefix(Tokenizer target, BannedWords? banned)
{
    private const int LongestQuote = 40;

    private readonly Lazy<byte[][]> first = new(() => TokenBytes.OfFirst(target));
    private readonly Lazy<byte[][]> following = new(() => TokenBytes.Of(target));
    private readonly Lazy<HashSet<int>> spelling = new(() =>
        [.. Enumerable.Range(0, target.VocabularySize).Where(id => ByteTokens.TryParse(target.TokenText(id), out _))]);

    private readonly Lazy<int[]> placeholders = new(() =>
        [.. Enumerable.Range(0, target.VocabularySize).Where(id => target.TokenText(id).Any(c => Placeholders.IndexOf(c) is not null))]);

    /// <summary>Forces the first sentence of a text to begin with what is left of a prefix behind what is kept before it.</summary>
    /// <param name="text">The text; what is given of the first sentence's translation is noted in it.</param>
    /// <param name="prefix">At least one character.</param>
    /// <returns>Null where nothing is to be forced.</returns>
    /// <exception cref="PrefixRefusedException">The translation cannot begin so.</exception>
    public Beginning? Of(ref SourceText text, string prefix)
    {
        if (banned?.FirstIn(prefix) is { } word)
            throw Refused(prefix, $"without '{word}', which the model never writes");
        int sentence = text.Parts.TakeWhile(part => part.Tokens is null).Count();
        string kept = string.Concat(text.Parts.Take(sentence).Select(part => part.Text));
        if (kept.StartsWith(prefix, StringComparison.Ordinal))
            return null;
        bool nothingElse = sentence == text.Parts.Count;
        if (!prefix.StartsWith(kept, StringComparison.Ordinal) || nothingElse)
            throw Refused(prefix, $"{(nothingElse ? "" : "something behind ")}'{Short(kept)}', which is kept of the text as it is");

        string given = prefix[kept.Length..];
        var part = text.Parts[sentence];
        var beginning = Force(given, part.Copied);
        if (part.Copied is { } copied)
            text = new SourceText([.. text.Parts.Select(p => p == part ? p with { Copied = copied.Giving(given.Length) } : p)]);
        return beginning;
    }

    private static PrefixRefusedException Refused(string prefix, string allowed) =>
        new($"prefix is '{Short(prefix)}', but must be {allowed}.");

    private static string Short(string text) => text.Length > LongestQuote ? $"{text[..LongestQuote]}..." : text;

    private Beginning Force(string given, PlaceholderText? copied)
    {
        string written = copied?.Write(given) ?? given;
        int[] tokens = target.Encode(written);
        string read = target.Decode(tokens);
        read = copied?.PutBack(read) ?? read;
        if (read != given)
            throw Refused(given, $"what the model can write; the nearest is '{Short(read)}'");

        var (atFirst, behind) = (Shown(first.Value, copied), Shown(following.Value, copied));
        byte[] bytes = Encoding.UTF8.GetBytes(given);
        int[] words = target.Encode(written[..Math.Max(written.LastIndexOf(' '), 0)]);
        byte[] ofWords = [.. words.SelectMany((token, i) => (i == 0 ? atFirst : behind)[token])];
        if (!bytes.AsSpan().StartsWith(ofWords))
            (words, ofWords) = ([], []);
        int[] never = copied is null ? [] : [.. placeholders.Value.Where(token => behind[token].Length == 0)];
        var rest = new ForcedText(bytes.AsMemory(ofWords.Length), words.Length, atFirst, behind, spelling.Value, never);
        return new(words.Length == 0 ? rest : new BothConstraints(new ForcedPrefix(words), rest), tokens.Length);
    }

    /// <summary>What tokens add to the sentence's translation: a placeholder adds what it stands for, or nothing.</summary>
    private byte[][] Shown(byte[][] bytes, PlaceholderText? copied)
    {
        if (copied is null)
            return bytes;
        byte[][] shown = [.. bytes];
        foreach (int token in placeholders.Value)
        {
            string text = Encoding.UTF8.GetString(bytes[token]);
            bool known = text.All(c => Placeholders.IndexOf(c) is null || copied.Show($"{c}").Length > 0);
            shown[token] = known ? Encoding.UTF8.GetBytes(copied.Show(text)) : [];
        }

        return shown;
    }
}
