using System.Text;

namespace RnnServe.Inference.Text.Unicode;

/// <summary>Normalisation forms C, D and KC (UAX #15).</summary>
/// <remarks>
/// .NET's own needs ICU: without that library, as in small container images, string.Normalize gives the text back unchanged,
/// and the same sentence would then be other tokens on another machine.
/// </remarks>
internal static class CanonicalComposition
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    // Nothing below U+0300 is replaced, reordered or the second half of a pair.
    private const char FirstAffected = '\u0300';

    /// <summary>The text in form C. Halves of surrogate pairs that stand alone are kept.</summary>
    public static string Normalize(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', (char)(FirstAffected - 1)) < 0)
            return text;

        return Composed(text, compatibly: false);
    }

    /// <summary>The text in form KC: ligatures, full-width letters, circled digits and the like become what they stand for.</summary>
    public static string NormalizeCompatibly(string text) => Ascii.IsValid(text) ? text : Composed(text, compatibly: true);

    /// <summary>The text in form D.</summary>
    public static string Decompose(string text) => Ascii.IsValid(text) ? text : ToText(DecomposedPoints(text, compatibly: false));

    private static string Composed(string text, bool compatibly)
    {
        var points = DecomposedPoints(text, compatibly);
        Compose(points);
        return ToText(points);
    }

    private static List<int> DecomposedPoints(string text, bool compatibly)
    {
        var points = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var pair = char.IsSurrogatePair(text, i);
            var point = pair ? char.ConvertToUtf32(text, i) : text[i];
            if (compatibly && UnicodeTable.DecomposeCompatibly(point) is { } parts)
                points.AddRange(parts);
            else
                Decompose(point, points);
            i += pair ? 1 : 0;
        }

        Reorder(points);
        return points;
    }

    private static void Decompose(int point, List<int> points)
    {
        var syllable = point - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            points.Add(LeadBase + syllable / (VowelCount * TrailCount));
            points.Add(VowelBase + syllable % (VowelCount * TrailCount) / TrailCount);
            if (syllable % TrailCount != 0)
                points.Add(TrailBase + syllable % TrailCount);
        }
        else if (UnicodeTable.Decompose(point) is { } parts)
        {
            foreach (var part in parts)
                Decompose(part, points);
        }
        else
        {
            points.Add(point);
        }
    }

    // Sorts every run of marks by class, keeping the order of equals. LINQ's sort is stable and not quadratic in the length of a run.
    private static void Reorder(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && UnicodeTable.CombiningClass(points[end]) != 0)
                end++;

            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(UnicodeTable.CombiningClass).ToArray();
                for (var i = 0; i < sorted.Length; i++)
                    points[start + i] = sorted[i];
            }

            start = end;
        }
    }

    private static void Compose(List<int> points)
    {
        var (starter, kept, lastClass) = (-1, 0, 0);
        foreach (var point in points.ToArray())
        {
            var combiningClass = UnicodeTable.CombiningClass(point);
            // A mark is blocked from its starter by a kept character between them of class 0 or of no lower class.
            var adjacent = starter >= 0 && (starter == kept - 1 || (lastClass != 0 && lastClass < combiningClass));
            if (adjacent && ComposePair(points[starter], point) is { } composed)
            {
                points[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
                starter = kept;
            lastClass = combiningClass;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? ComposePair(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount && second - VowelBase is >= 0 and < VowelCount)
            return SyllableBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TrailCount;

        var syllable = first - SyllableBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && second - TrailBase is > 0 and < TrailCount)
            return first + (second - TrailBase);

        return UnicodeTable.Compose(first, second);
    }

    private static string ToText(List<int> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            if (point <= char.MaxValue)
                text.Append((char)point);
            else
                text.Append(char.ConvertFromUtf32(point));
        }

        return text.ToString();
    }
}
