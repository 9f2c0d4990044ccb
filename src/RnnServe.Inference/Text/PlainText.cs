using System.Buffers;
using System.Globalization;
using System.Text;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Text;

/// <summary>Writes a sentence as the texts that a model has learnt from are written.</summary>
/// <remarks>
/// White space is one blank, invisible characters go, and what no token contains is written as what it stands for (form KC; typographic
/// quotes, dashes and fractions in ASCII): what Moses' punctuation normaliser and SentencePiece's rule nmt_nfkc do. A sentence of capitals
/// is lower-cased, but for its first letter.
/// </remarks>
/// <param name="tokenizer">The model's.</param>
/// <param name="language">The sentences' language, a BCP 47 code.</param>
internal sealed class PlainText(Tokenizer tokenizer, string language)
{
    private readonly Lazy<Spelling> spelling = new(() => new Spelling(tokenizer, Typography.OfLanguage(language)));

    /// <summary>Whether there is a letter: numbers and signs alone are the same in every language.</summary>
    public static bool HasLetter(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
                return true;
        }

        return false;
    }

    /// <summary>The sentence in plain form; the same object where nothing changes.</summary>
    /// <param name="sentence">Any text.</param>
    /// <param name="origins">For each character of the result, the place in the sentence where what it stands for begins.</param>
    public string Of(string sentence, out IReadOnlyList<int>? origins)
    {
        origins = null;
        bool capitals = IsCapitals(sentence);
        bool settled = !sentence.AsSpan().ContainsAnyExcept(spelling.Value.Settled)
            && !sentence.Contains("  ", StringComparison.Ordinal) && !sentence.StartsWith(' ') && !sentence.EndsWith(' ');
        if (settled && !capitals)
            return sentence;

        var (result, places) = (new StringBuilder(sentence.Length), new List<int>(sentence.Length));
        bool started = false;
        foreach (var (cluster, place) in Clusters(sentence))
        {
            string plain = spelling.Value.Of(cluster);
            if (capitals && started)
                plain = TextNormalizer.Lowercase(plain);
            started |= HasLetter(plain);
            foreach (char c in plain)
            {
                if (c == ' ' && (result.Length == 0 || result[^1] == ' '))
                    continue;                       // form KC of a character may begin with a blank
                result.Append(c);
                places.Add(place);
            }
        }

        string text = result.ToString().TrimEnd(' ');
        if (text == sentence)
            return sentence;
        origins = places[..text.Length];
        return text;
    }

    /// <summary>Several words and no lower-case letter among them.</summary>
    private static bool IsCapitals(string sentence)
    {
        if (sentence.AsSpan().ContainsAnyInRange('a', 'z'))
            return false;
        int words = 0;
        bool inWord = false;
        foreach (var rune in sentence.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category == UnicodeCategory.LowercaseLetter)
                return false;
            if (category == UnicodeCategory.UppercaseLetter && !inWord)
                words++;
            inWord = !Rune.IsWhiteSpace(rune) && (inWord || category == UnicodeCategory.UppercaseLetter);
        }

        return words > 1;
    }

    /// <summary>The characters with the marks on them and where they begin; white space is one blank between others.</summary>
    private static IEnumerable<(string Cluster, int Place)> Clusters(string sentence)
    {
        var cluster = new StringBuilder();
        var (begin, blank) = (0, -1);
        for (int i = 0; i < sentence.Length;)
        {
            if (!Rune.TryGetRuneAt(sentence, i, out var rune))
                rune = Rune.ReplacementChar;        // half a surrogate pair
            int place = i;
            i += rune.Utf16SequenceLength;
            if (Characters.IsInvisible(rune))
                continue;
            if (UnicodeTable.CombiningClass(rune.Value) == 0 && cluster.Length > 0)
            {
                yield return (cluster.ToString(), begin);
                cluster.Clear();
            }

            if (Characters.IsBlank(rune))
            {
                if (blank < 0)
                    blank = place;
                continue;
            }

            if (blank > 0)
                yield return (" ", blank);
            if (cluster.Length == 0)
                begin = place;
            cluster.Append(rune.ToString());
            blank = -1;
        }

        if (cluster.Length > 0)
            yield return (cluster.ToString(), begin);
    }

    /// <summary>How characters are written.</summary>
    private sealed class Spelling
    {
        private readonly HashSet<Rune> alphabet;
        private readonly Typography typography;

        public Spelling(Tokenizer tokenizer, Typography typography)
        {
            this.typography = typography;
            alphabet = tokenizer.Alphabet();
            var settled = alphabet.Where(rune =>
                rune.IsBmp && !Characters.IsBlank(rune) && !Characters.IsInvisible(rune) && Of($"{rune}") == $"{rune}");
            var ascii = Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c != '`').Select(c => (char)c);
            Settled = SearchValues.Create([.. ascii, .. settled.Select(rune => (char)rune.Value)]);
        }

        /// <summary>The characters that stay as they are.</summary>
        public SearchValues<char> Settled { get; }

        /// <summary>A character and the marks on it, as the model knows it.</summary>
        public string Of(string cluster)
        {
            string composed = CanonicalComposition.Normalize(cluster);
            if (typography.Ascii(composed, alphabet) is { } ascii)
                return ascii;
            if (composed.EnumerateRunes().All(alphabet.Contains))
                return composed;
            string compatible = CanonicalComposition.NormalizeCompatibly(composed);

            // An accent that stands alone is a blank with an accent in form KC.
            if (compatible == composed || Rune.IsWhiteSpace(compatible.EnumerateRunes().First()))
                return composed;
            return string.Concat(compatible.EnumerateRunes().Select(rune => typography.Ascii($"{rune}", alphabet) ?? $"{rune}"));
        }
    }
}
