using System.Collections.Concurrent;

namespace RnnServe.Inference.Text;

/// <summary>The part of a tokenizer that turns one word into ids.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IWordModel
{
    /// <summary>Appends the ids of one word.</summary>
    void Encode(ReadOnlySpan<char> word, List<int> ids);
}

/// <summary>Remembers what short words became.</summary>
internal sealed class WordCache(IWordModel model) : IWordModel
{
    private const int LongestWord = 64;
    private const int MaximumWords = 50_000;

    private ConcurrentDictionary<string, int[]> words = new(StringComparer.Ordinal);
    private int count;

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongestWord)
        {
            model.Encode(word, ids);
            return;
        }

        if (!words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var found))
        {
            var encoded = new List<int>();
            model.Encode(word, encoded);
            found = [.. encoded];
            Remember(word.ToString(), found);
        }

        ids.AddRange(found.AsSpan());
    }

    // Starting afresh when full keeps the cache useful after someone has sent a page of random words.
    private void Remember(string word, int[] ids)
    {
        if (Interlocked.Increment(ref count) > MaximumWords)
        {
            words = new ConcurrentDictionary<string, int[]>(StringComparer.Ordinal);
            count = 0;
        }

        words[word] = ids;
    }
}
