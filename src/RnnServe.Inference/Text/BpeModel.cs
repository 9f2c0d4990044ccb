using System.Collections.Concurrent;
using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>What a tokenizer.json says of its model, checked.</summary>
/// <param name="Tokens">Token of each id.</param>
/// <param name="Special">Ids that text can never become, except <paramref name="Unknown"/>.</param>
/// <param name="Merges">Pairs to join, the most important first.</param>
/// <param name="Unknown">Stands for characters without a token; null drops them.</param>
/// <param name="ByteFallback">Characters without a token become the tokens of their UTF-8 bytes, where all of these exist.</param>
/// <param name="FuseUnknown">Neighbouring unknown tokens become one.</param>
internal sealed record BpeVocabulary(
    IReadOnlyList<string> Tokens,
    IReadOnlySet<int> Special,
    IReadOnlyList<(string Left, string Right)> Merges,
    int? Unknown,
    bool ByteFallback,
    bool FuseUnknown);

/// <summary>Words to ids by byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909).</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BpeModel : ITokenModel
{
    private const int LongestCachedWord = 64;
    private const int MaximumCachedWords = 50_000;

    private readonly BpeVocabulary vocabulary;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> characters = [];                       // code point → id
    private readonly Dictionary<(int Left, int Right), (int Rank, int Product)> merges = [];
    private readonly int[]? bytes;                                               // byte → id
    private ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    private int cached;

    public BpeModel(BpeVocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            var token = vocabulary.Tokens[id];
            ids[token] = id;
            if (!vocabulary.Special.Contains(id) && Rune.TryGetRuneAt(token, 0, out var rune) && rune.Utf16SequenceLength == token.Length)
                characters[rune.Value] = id;
        }

        bytes = vocabulary.ByteFallback ? FindBytes() : null;
        AddMerges();
    }

    public IReadOnlyList<string> Tokens => vocabulary.Tokens;

    public IReadOnlySet<int> Special => vocabulary.Special;

    public int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongestCachedWord)
        {
            Append(EncodeUncached(word), ids);
            return;
        }

        if (!cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var found))
        {
            found = EncodeUncached(word);
            Remember(word.ToString(), found);
        }

        Append(found, ids);
    }

    private void Append(int[] found, List<int> ids)
    {
        foreach (var id in found)
        {
            if (!vocabulary.FuseUnknown || id != vocabulary.Unknown || ids.Count == 0 || ids[^1] != id)
                ids.Add(id);
        }
    }

    // Starting afresh when full keeps the cache useful after someone has sent a page of random words.
    private void Remember(string word, int[] ids)
    {
        if (Interlocked.Increment(ref cached) > MaximumCachedWords)
        {
            cache = new ConcurrentDictionary<string, int[]>(StringComparer.Ordinal);
            cached = 0;
        }

        cache[word] = ids;
    }

    private int[] EncodeUncached(ReadOnlySpan<char> word)
    {
        var symbols = new MergeList(word.Length);
        var runes = new List<Rune>(word.Length);
        foreach (var rune in word.EnumerateRunes())     // half a surrogate pair comes as U+FFFD
        {
            symbols.Add(characters.GetValueOrDefault(rune.Value, MergeList.NoToken));
            runes.Add(rune);
        }

        symbols.Merge(merges);
        var ids = new List<int>();
        foreach (var (position, id) in symbols.Remaining())
        {
            if (id == MergeList.NoToken)
                AppendUnknown(runes[position], ids);
            else
                ids.Add(id);
        }

        return [.. ids];
    }

    private void AppendUnknown(Rune rune, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        if (bytes is not null && AllKnown(utf8))
        {
            foreach (var value in utf8)
                ids.Add(bytes[value]);
        }
        else if (vocabulary.Unknown is { } unknown)
        {
            ids.Add(unknown);
        }
    }

    private bool AllKnown(ReadOnlySpan<byte> utf8)
    {
        foreach (var value in utf8)
        {
            if (bytes![value] == MergeList.NoToken)
                return false;
        }

        return true;
    }

    private int[] FindBytes()
    {
        var bytes = new int[256];
        for (var value = 0; value < bytes.Length; value++)
            bytes[value] = IdOf(ByteTokens.Name((byte)value)) ?? MergeList.NoToken;
        return bytes;
    }

    private void AddMerges()
    {
        // A merge into a control or byte token would let plain text spell it.
        var reserved = new HashSet<int>(vocabulary.Special);
        reserved.UnionWith(bytes ?? []);
        for (var rank = 0; rank < vocabulary.Merges.Count; rank++)
        {
            var (left, right) = vocabulary.Merges[rank];
            var product = ids[left + right];
            if (!reserved.Contains(product))
                merges[(ids[left], ids[right])] = (rank, product);
        }
    }
}
