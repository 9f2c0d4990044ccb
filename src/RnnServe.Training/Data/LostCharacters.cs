using System.Text;
using RnnServe.Inference.Text;

namespace RnnServe.Training.Data;

/// <summary>Finds what a tokenizer neither knows nor spells nor marks as unknown: it would be learnt as if it were not there.</summary>
internal static class LostCharacters
{
    private const int MostNamed = 10;

    /// <summary>Says how many texts lose characters, and which; nothing where none does.</summary>
    public static void Say(Tokenizer tokenizer, IEnumerable<string> texts, string what, Action<string> say)
    {
        if (tokenizer.UnknownId is not null)
            return;
        var lost = new SortedSet<Rune>();
        int count = 0;
        foreach (string text in texts)
        {
            // Tokenizers may change case and compose accents.
            var kept = tokenizer.Decode(tokenizer.Encode(text)).ToUpperInvariant().EnumerateRunes().ToHashSet();
            var gone = text.EnumerateRunes()
                .Where(rune => Rune.IsLetterOrDigit(rune) && !kept.Contains(Rune.ToUpperInvariant(rune)))
                .ToList();
            lost.UnionWith(gone);
            count += gone.Count > 0 ? 1 : 0;
        }

        if (count == 0)
            return;
        string named = string.Join(", ", lost.Take(MostNamed).Select(rune => $"'{rune}'")) + (lost.Count > MostNamed ? ", ..." : "");
        say($"{what}: {count:N0} texts lose characters that the tokenizer has no token for ({named}): "
            + "learn a tokenizer from these texts, or give it an unk_token or byte_fallback.");
    }
}
