namespace RnnServe.Training.Recipes;

/// <summary>Finds the name that was probably meant.</summary>
internal static class EditDistance
{
    /// <summary>The name with the fewest edits from <paramref name="wrong"/>, ignoring case; the first of equals.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> names) =>
        names.MinBy(name => Between(wrong.ToUpperInvariant(), name.ToUpperInvariant()));

    /// <summary>Least number of insertions, deletions and substitutions of a character (Levenshtein 1966).</summary>
    public static int Between(string a, string b)
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
