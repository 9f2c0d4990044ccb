using System.Text;
using System.Text.RegularExpressions;

namespace RnnServe.Inference.Text;

/// <summary>A token that is found in a text before it is cut into words.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">What it looks like.</param>
/// <param name="SingleWord">Not found inside a word.</param>
/// <param name="LeftStrip">Takes the white space before it in.</param>
/// <param name="RightStrip">Takes the white space after it in.</param>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip);

/// <summary>Finds added tokens, the leftmost first and of these the longest.</summary>
/// <param name="tokens">By content; at least one.</param>
internal sealed class AddedTokens(IReadOnlyDictionary<string, AddedToken> tokens)
{
    private readonly Regex pattern =
        new(string.Join('|', tokens.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape)), RegexOptions.CultureInvariant);

    /// <summary>Null where there are none.</summary>
    public static AddedTokens? Create(IEnumerable<AddedToken> tokens)
    {
        var byContent = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in tokens)
            byContent[token.Content] = token;
        return byContent.Count > 0 ? new AddedTokens(byContent) : null;
    }

    /// <summary>Appends the ids of the tokens in a text, and has what lies between them encoded.</summary>
    /// <param name="text">A text, or a part of it.</param>
    /// <param name="first">Whether it is, or begins, the whole text.</param>
    /// <param name="ids">Where ids are appended.</param>
    /// <param name="encode">Takes a part, whether it is, or begins, the whole text, and the ids.</param>
    public void Encode(string text, bool first, List<int> ids, Action<string, bool, List<int>> encode)
    {
        var end = 0;
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
        {
            var (token, start, stop) = (tokens[match.Value], match.Index, match.Index + match.Length);
            if (token.SingleWord && IsInWord(text, start, stop))
                continue;

            if (token.LeftStrip)
                start = Math.Max(end, text.AsSpan(..start).TrimEnd().Length);
            if (token.RightStrip)
                stop = text.Length - text.AsSpan(stop..).TrimStart().Length;
            if (start > end)
                encode(text[end..start], first && end == 0, ids);
            ids.Add(token.Id);
            end = stop;
        }

        if (end < text.Length)
            encode(text[end..], first && end == 0, ids);
    }

    private static bool IsInWord(string text, int start, int stop)
    {
        Rune.DecodeLastFromUtf16(text.AsSpan(..start), out var before, out _);
        Rune.DecodeFromUtf16(text.AsSpan(stop..), out var after, out _);
        return Characters.IsWord(before) || Characters.IsWord(after);       // beyond an end it is U+FFFD, which is in no word
    }
}
