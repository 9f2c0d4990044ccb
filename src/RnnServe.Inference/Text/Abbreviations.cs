namespace RnnServe.Inference.Text;

/// <summary>Words of a language after which a full stop need not end a sentence, although a capital letter follows.</summary>
internal sealed class Abbreviations
{
    // Languages that write 3rd as "3.".
    private static readonly string[] WithOrdinals =
    [
        "de", "cs", "da", "et", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nb", "nn", "no", "pl", "sk", "sl", "sr", "tr", "bs", "hsb",
        "dsb",
    ];

    private static readonly ILookup<string, string[]> Lists = Read();

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> hold;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> number;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> doubtful;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> starters;

    /// <param name="language">A BCP 47 code; of a language without lists, all lists are asked.</param>
    public Abbreviations(string language)
    {
        string primary = language.Split('-')[0].ToLowerInvariant();
        string[] languages = Lists.Contains(primary) ? [primary] : [.. Lists.Select(list => list.Key)];
        Ordinals = WithOrdinals.Contains(primary) || !Lists.Contains(primary);
        (hold, number, doubtful, starters) = (Words("hold"), Words("number"), Words("doubtful"), Words("starter"));

        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(string kind) => languages
            .SelectMany(name => Lists[name])
            .Where(list => list[1] == kind)
            .SelectMany(list => list.Skip(2))
            .SelectMany(word => (string[])[word, char.ToUpperInvariant(word[0]) + word[1..]])
            .ToHashSet(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether a number with a full stop may be an ordinal number.</summary>
    public bool Ordinals { get; }

    /// <summary>Whether a full stop belongs to the word before it.</summary>
    /// <param name="word">The word before the stop.</param>
    /// <param name="next">The word behind it.</param>
    public bool Holds(ReadOnlySpan<char> word, ReadOnlySpan<char> next) =>
        hold.Contains(word)
        || (doubtful.Contains(word) && !starters.Contains(next))
        || (number.Contains(word) && (next.Length == 1 || IsNumber(next)));

    /// <summary>Whether a word is on a list at all: what is not may still be letters with stops between them.</summary>
    public bool Knows(ReadOnlySpan<char> word) => hold.Contains(word) || doubtful.Contains(word) || number.Contains(word);

    /// <summary>Digits, or a Roman number.</summary>
    public static bool IsNumber(ReadOnlySpan<char> word) =>
        word.Length > 0 && (char.IsAsciiDigit(word[0]) || !word.ContainsAnyExcept("IVXLC"));

    private static ILookup<string, string[]> Read()
    {
        using var stream = typeof(Abbreviations).Assembly.GetManifestResourceStream(typeof(Abbreviations), "Abbreviations.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(' '))
            .ToLookup(list => list[0]);
    }
}
