using System.Text;
using Microsoft.ML.Tokenizers;

namespace RnnServe.Inference.Text;

/// <summary>What a tokenizer.json says of its byte pairs, checked.</summary>
/// <param name="Merges">Pairs to join, the most important first.</param>
/// <param name="ByteFallback">Characters without a token become the tokens of their UTF-8 bytes, where all of these exist.</param>
/// <param name="FuseUnknown">Neighbouring unknown tokens of a word become one.</param>
/// <param name="IgnoreMerges">A word that is a token as a whole needs no merges.</param>
/// <param name="Prefix">Written before every character but a word's first in the names of tokens; null for none.</param>
/// <param name="Suffix">Written after a word's last character in the names of tokens; null for none.</param>
internal sealed record BytePairs(
    IReadOnlyList<(string Left, string Right)> Merges,
    bool ByteFallback,
    bool FuseUnknown,
    bool IgnoreMerges,
    string? Prefix,
    string? Suffix);

/// <summary>Words to ids by byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909).</summary>
/// <remarks>
/// BpeTokenizer knows no bytes to fall back to, reads merges as two words with a space between them, and takes any name for a token that
/// text may spell. So it gets other names: halves of surrogate pairs, which no well-formed text has alone, stand for bytes and spaces
/// and mark what is reserved.
/// </remarks>
internal sealed class BpeModel : IWordModel
{
    private const char FirstByte = '\uDC00', Space = '\uDD00', ReservedMark = '\uDD01';

    // BpeTokenizer's time grows with the square of a word's length: longer words are cut into blocks.
    private const int LongestWord = 16_384, Block = 1_024;

    private readonly Vocabulary vocabulary;
    private readonly BytePairs pairs;
    private readonly ByteTokens? bytes;
    private readonly HashSet<int> characters;                                   // code points that need no bytes, nor another name
    private readonly BpeTokenizer tokenizer;

    public BpeModel(Vocabulary vocabulary, BytePairs pairs)
    {
        (this.vocabulary, this.pairs) = (vocabulary, pairs);
        bytes = pairs.ByteFallback ? new ByteTokens(vocabulary.Ids) : null;

        characters = [.. vocabulary.Tokens.Where(IsCharacter).Select(token => Rune.GetRuneAt(token, 0).Value)];

        // What is reserved takes no part in merges, or plain text could spell it. Of a pair that is listed twice the last place counts.
        var merges = pairs.Merges
            .Where(merge => ((string[])[merge.Left, merge.Right, Product(merge)]).All(token => !IsReserved(token)))
            .Reverse().Distinct().Reverse().Select(merge => $"{Rename(merge.Left)} {Rename(merge.Right)}");
        tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary.Tokens.Select((token, id) => KeyValuePair.Create(Rename(token), id)))
        {
            Merges = merges,
            UnknownToken = vocabulary.Unknown is { } unknown ? Rename(vocabulary.Tokens[unknown]) : null,
            FuseUnknownTokens = pairs.FuseUnknown,
            ContinuingSubwordPrefix = pairs.Prefix,
            EndOfWordSuffix = pairs.Suffix,
        });
    }

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (pairs.IgnoreMerges && vocabulary.Ids.TryGetValue(word.ToString(), out var id) && !vocabulary.Reserved.Contains(id))
        {
            ids.Add(id);
            return;
        }

        var rest = IsPlain(word) ? word : Spell(word);
        var longest = rest.Length <= LongestWord ? LongestWord : Block;
        while (rest.Length > 0)
        {
            var length = Math.Min(rest.Length, longest);
            length -= char.IsHighSurrogate(rest[length - 1]) ? 1 : 0;
            ids.AddRange(tokenizer.EncodeToIds(rest[..length], considerPreTokenization: false, considerNormalization: false));
            rest = rest[length..];
        }
    }

    private string Product((string Left, string Right) merge) => merge.Left + merge.Right[(pairs.Prefix ?? "").Length..];

    private bool IsReserved(string token) => vocabulary.Reserved.Contains(vocabulary.Ids[token]);

    private string Rename(string token)
    {
        if (bytes is not null && ByteTokens.TryParse(token, out var value))
            return ((char)(FirstByte + value)).ToString();
        return (IsReserved(token) ? ReservedMark.ToString() : "") + token.Replace(' ', Space);
    }

    private bool IsCharacter(string token) =>
        Rune.TryGetRuneAt(token, 0, out var rune) && rune.Utf16SequenceLength == token.Length && token != " " && !IsReserved(token);

    private bool IsPlain(ReadOnlySpan<char> word)
    {
        foreach (var rune in word.EnumerateRunes())
        {
            if (!characters.Contains(rune.Value))
                return false;
        }

        return true;
    }

    // A character without a token would otherwise vanish before the merges, and its neighbours would join.
    private string Spell(ReadOnlySpan<char> word)
    {
        var spelt = new StringBuilder(word.Length);
        foreach (var rune in word.EnumerateRunes())
        {
            var text = rune.ToString();
            if (bytes is null || characters.Contains(rune.Value) || text == " " || bytes.Spell(text) is not { } utf8)
                spelt.Append(text);
            else
                spelt.Append(Array.ConvertAll(utf8, value => (char)(FirstByte + value)));
        }

        return spelt.Replace(' ', Space).ToString();
    }
}
