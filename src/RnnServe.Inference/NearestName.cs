namespace RnnServe.Inference;

/// <summary>Finds the name that a misspelt one was meant to be, for error messages.</summary>
public static class NearestName
{
    /// <summary>The name with the fewest edits, ignoring case; of equals the first in alphabetical order.</summary>
    /// <param name="name">The misspelt one.</param>
    /// <param name="names">The valid ones, at least one.</param>
    public static string Of(string name, IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).MinBy(other => Distance(name.ToUpperInvariant(), other.ToUpperInvariant()))!;

    /// <summary>The same, where so few edits make it; null where no name is so near.</summary>
    /// <param name="name">The misspelt one.</param>
    /// <param name="names">The valid ones, at least one.</param>
    /// <param name="most">How many edits.</param>
    public static string? Of(string name, IEnumerable<string> names, int most) =>
        Of(name, names) is var nearest && Distance(name.ToUpperInvariant(), nearest.ToUpperInvariant()) <= most ? nearest : null;

    /// <summary>Least number of insertions, deletions and substitutions of a character (Levenshtein 1966).</summary>
    internal static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
