using System.Globalization;

namespace RnnServe.Inference.Text.Unicode;

/// <summary>Canonical decompositions, compositions and combining classes of Unicode (UAX #15), from Composition.txt.</summary>
internal static class UnicodeTable
{
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];

    static UnicodeTable()
    {
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream(typeof(UnicodeTable), "Composition.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            AddLine(line);
    }

    /// <summary>What a code point is replaced with, to be decomposed further; null where it stays. Hangul is not in the table.</summary>
    public static int[]? Decompose(int codePoint) => Decompositions.GetValueOrDefault(codePoint);

    /// <summary>The code point that two others combine to, or null.</summary>
    public static int? Compose(int first, int second) =>
        Compositions.TryGetValue((first, second), out var composed) ? composed : null;

    /// <summary>Order of a combining mark among its neighbours; 0 for everything that is not reordered.</summary>
    public static byte CombiningClass(int codePoint) => Classes.GetValueOrDefault(codePoint);

    // "X=A B": X and the pair A B are the same, both ways. "X>A B ...": X is only ever replaced. "@N X Y ...": marks of class N.
    private static void AddLine(string line)
    {
        if (line[0] == '#')
            return;

        if (line[0] == '@')
        {
            var parts = line[1..].Split(' ');
            foreach (var mark in parts[1..])
                Classes[Hex(mark)] = byte.Parse(parts[0], CultureInfo.InvariantCulture);
            return;
        }

        var split = line.IndexOfAny(['=', '>']);
        var codePoint = Hex(line[..split]);
        var replaced = Array.ConvertAll(line[(split + 1)..].Split(' '), Hex);
        Decompositions[codePoint] = replaced;
        if (line[split] == '=')
            Compositions[(replaced[0], replaced[1])] = codePoint;
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
