using System.Globalization;

namespace RnnServe.Inference.Text.Unicode;

/// <summary>Decompositions, compositions and combining classes of Unicode (UAX #15), from Composition.txt and Compatibility.txt.</summary>
internal static class UnicodeTable
{
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];

    // Few texts need it: it is read when the first of them comes.
    private static readonly Lazy<Dictionary<int, int[]>> Compatible = new(() =>
        Lines("Compatibility.txt").Select(line => line.Split('>')).ToDictionary(sides => Hex(sides[0]), sides => Points(sides[1])));

    static UnicodeTable()
    {
        foreach (var line in Lines("Composition.txt"))
            AddLine(line);
    }

    /// <summary>What a code point is replaced with, to be decomposed further; null where it stays. Hangul is not in the table.</summary>
    public static int[]? Decompose(int codePoint) => Decompositions.GetValueOrDefault(codePoint);

    /// <summary>What forms KC and KD replace a code point with, to be decomposed no further; null where forms C and D do the
    /// same.</summary>
    public static int[]? DecomposeCompatibly(int codePoint) => Compatible.Value.GetValueOrDefault(codePoint);

    /// <summary>The code point that two others combine to, or null.</summary>
    public static int? Compose(int first, int second) =>
        Compositions.TryGetValue((first, second), out var composed) ? composed : null;

    /// <summary>Order of a combining mark among its neighbours; 0 for everything that is not reordered.</summary>
    public static byte CombiningClass(int codePoint) => Classes.GetValueOrDefault(codePoint);

    // "X=A B": X and the pair A B are the same, both ways. "X>A B ...": X is only ever replaced. "@N X Y ...": marks of class N.
    private static void AddLine(string line)
    {
        if (line[0] == '@')
        {
            var parts = line[1..].Split(' ');
            foreach (var mark in parts[1..])
                Classes[Hex(mark)] = byte.Parse(parts[0], CultureInfo.InvariantCulture);
            return;
        }

        var split = line.IndexOfAny(['=', '>']);
        var codePoint = Hex(line[..split]);
        var replaced = Points(line[(split + 1)..]);
        Decompositions[codePoint] = replaced;
        if (line[split] == '=')
            Compositions[(replaced[0], replaced[1])] = codePoint;
    }

    private static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream(typeof(UnicodeTable), name)!;
        using var reader = new StreamReader(stream);
        reader.ReadLine();                              // the version
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static int[] Points(string hexadecimal) => Array.ConvertAll(hexadecimal.Split(' '), Hex);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
