using System.Text;
using System.Text.RegularExpressions;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Teaches copying: what both sides of a pair have becomes a placeholder, or a name that nobody has.</summary>
/// <param name="placeholders">Number of placeholders that there are.</param>
/// <param name="pairs">All training pairs, from which the names are known.</param>
internal sealed partial class CopiedText(int placeholders, IEnumerable<SentencePair> pairs)
{
    private static readonly string[] Starts =
    [
        "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "r", "s", "sch", "sh", "st", "t", "th",
        "tr", "v", "w", "y", "z",
    ];

    private static readonly string[] Vowels =
        ["a", "a", "e", "e", "i", "i", "o", "o", "u", "y", "ai", "au", "ee", "ia", "ie", "oo", "ou", "á", "é", "ö", "ü"];

    private static readonly string[] Endings =
        ["", "", "n", "r", "l", "s", "t", "ck", "ng", "nez", "ski", "sson", "mann", "berg", "field", "wicz", "ton", "kar"];

    private readonly string characters = Placeholders.Characters(placeholders);

    // "Was" and "In" begin sentences of both languages and are no names: a name also stands within sentences of both.
    private readonly HashSet<string> names = new(
        pairs.SelectMany(pair => Find(NamesWithin(), pair.Source).Intersect(Find(NamesWithin(), pair.Target))), StringComparer.Ordinal);

    /// <summary>Puts placeholders into both sides, in the order of the source.</summary>
    /// <param name="pair">As it is.</param>
    /// <param name="share">Chance that names become placeholders, or that placeholders are added where there is no such name.</param>
    /// <param name="random">Decides.</param>
    public SentencePair WithPlaceholders(SentencePair pair, double share, ref SeededRandom random)
    {
        if (characters.Length == 0)
            return pair;
        string[] shared = SharedSpans(pair);
        if (random.Chance(share))
        {
            shared = [.. shared, .. SharedNames(pair)];
            if (shared.Length == 0)
                return WithAdded(pair, ref random);
        }

        return Replaced(pair, shared);
    }

    /// <summary>Replaces a name that both sides have by one that is made up; the same pair where there is none.</summary>
    public SentencePair WithMadeUpName(SentencePair pair, ref SeededRandom random)
    {
        string[] names = SharedNames(pair);
        if (names.Length == 0)
            return pair;
        string old = names[random.Next(names.Length)], name = MadeUpName(ref random);
        return new(Replace(pair.Source, old, name), Replace(pair.Target, old, name));
    }

    /// <summary>Consonants and vowels in turn, with the endings that names have.</summary>
    private static string MadeUpName(ref SeededRandom random)
    {
        var name = new StringBuilder();
        int syllables = 1 + random.Next(3);
        for (int i = 0; i < syllables; i++)
            name.Append(Starts[random.Next(Starts.Length)]).Append(Vowels[random.Next(Vowels.Length)]);
        name.Append(Endings[random.Next(Endings.Length)]);
        name[0] = char.ToUpperInvariant(name[0]);
        return name.ToString();
    }

    private SentencePair Replaced(SentencePair pair, IReadOnlyList<string> spans)
    {
        var (source, target) = pair;
        int next = 0;
        foreach (string span in spans.OrderBy(span => pair.Source.IndexOf(span, StringComparison.Ordinal)).Take(characters.Length))
        {
            string placeholder = characters[next++].ToString();
            (source, target) = (Replace(source, span, placeholder), Replace(target, span, placeholder));
        }

        return new(source, target);
    }

    // In front, behind, in brackets, and around the whole: wherever variables, tags and addresses stand in what people type.
    private SentencePair WithAdded(SentencePair pair, ref SeededRandom random)
    {
        string x = characters[..1], y = characters.Length > 1 ? characters[1..2] : "";
        return random.Next(8) switch
        {
            0 => Both(text => $"{x}: {text}"),
            1 => Both(text => $"{x} {text}"),
            2 => Both(text => $"{x}{text}{y}"),
            3 => Both(text => $"{x} {text} {y}"),
            4 => Both(text => $"{text} {x}"),
            5 => Both(text => $"{Open(text)}: {x}"),
            6 => Both(text => $"{Open(text)} ({x})."),
            _ => Both(text => $"{Open(text)} {x}{text[Open(text).Length..]}"),
        };

        SentencePair Both(Func<string, string> change) => new(change(pair.Source), change(pair.Target));
    }

    private static string Open(string text) => text.TrimEnd('.', '!', '?');

    private static string[] SharedSpans(SentencePair pair)
    {
        string[] target = SpansOf(pair.Target);
        return target.Length == 0 ? [] : [.. SpansOf(pair.Source).Where(target.Contains).Where(span => IsOnce(pair, span))];
    }

    private static string[] SpansOf(string text) =>
        [.. CopiedSpans.Find(text).Select(span => text.Substring(span.Start, span.Length)).Distinct(StringComparer.Ordinal)];

    private string[] SharedNames(SentencePair pair) =>
    [
        .. Find(Names(), pair.Source).Distinct(StringComparer.Ordinal).Intersect(Find(Names(), pair.Target))
            .Where(name => names.Contains(name) && IsOnce(pair, name)),
    ];

    private static IEnumerable<string> Find(Regex pattern, string text) => pattern.Matches(text).Select(match => match.Value);

    // Both sides have it: whether neither has it twice.
    private static bool IsOnce(SentencePair pair, string span) => IsOnce(pair.Source, span) && IsOnce(pair.Target, span);

    private static bool IsOnce(string text, string span) =>
        text.IndexOf(span, StringComparison.Ordinal) == text.LastIndexOf(span, StringComparison.Ordinal);

    private static string Replace(string text, string span, string by) => text.Replace(span, by, StringComparison.Ordinal);

    // A capital and small letters, a whole word.
    [GeneratedRegex(@"(?<![\p{L}\p{N}\uE000-\uE00F])\p{Lu}\p{Ll}+(?![\p{L}\p{N}\uE000-\uE00F])")]
    private static partial Regex Names();

    [GeneratedRegex(@"(?<=[\p{Ll},] )\p{Lu}\p{Ll}+(?![\p{L}\p{N}])")]
    private static partial Regex NamesWithin();
}
