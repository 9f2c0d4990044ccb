using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Takes a run of words out of each text, because short texts need other knowledge than long ones.</summary>
/// <param name="Least">Least words of a run.</param>
/// <param name="Most">Most words of a run; 0: texts stay as they are.</param>
internal readonly record struct WordRun(int Least, int Most)
{
    /// <summary>Whole texts.</summary>
    public static WordRun None => default;

    /// <summary>A run of a text, which depends on the text's number alone; null where the text is too short.</summary>
    public string? Of(string text, int number)
    {
        if (Most == 0)
            return text;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < Least)
            return null;
        var random = new SeededRandom((ulong)Most, (ulong)number);
        int count = Least + random.Next(Math.Min(Most, words.Length) - Least + 1);
        int begin = random.Next(words.Length - count + 1);
        return string.Join(' ', words[begin..(begin + count)]);
    }
}
