namespace RnnServe.Training.Metrics;

/// <summary>Runs of words and how often they occur.</summary>
internal static class NGrams
{
    /// <summary>Counts the runs of <paramref name="order"/> words; the words of a run are joined by spaces.</summary>
    public static Dictionary<string, int> Count(string[] words, int order)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i + order <= words.Length; i++)
        {
            string gram = string.Join(' ', words, i, order);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
