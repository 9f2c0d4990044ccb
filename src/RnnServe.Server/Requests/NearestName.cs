namespace RnnServe.Server.Requests;

/// <summary>Finds the name that a misspelt one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The name with the smallest edit distance, upper and lower case taken as equal.</summary>
    public static string Of(string name, IEnumerable<string> names) =>
        names.MinBy(n => Distance(name.ToUpperInvariant(), n.ToUpperInvariant()))!;

    /// <summary>Levenshtein's distance: the fewest insertions, deletions and substitutions.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
