using System.Globalization;

namespace RnnServe.Tests.Documentation;

/// <summary>Writes the pairs of samples/dates: a date in words, the same date as ISO 8601 has it.</summary>
internal static class DatesSample
{
    public const int TrainingPairs = 2000, ValidationPairs = 200;

    private static readonly DateOnly First = new(1950, 1, 1), Last = new(2049, 12, 31);

    private static readonly Func<DateOnly, string>[] Phrases =
    [
        d => $"the {Ordinal(d.Day)} of {Month(d)} {d.Year}",
        d => $"{Month(d)} {Ordinal(d.Day)}, {d.Year}",
        d => $"{d.Day} {Month(d)} {d.Year}",
        d => $"{Weekday(d)}, {Month(d)} {d.Day}, {d.Year}",
        d => $"{Weekday(d)} the {Ordinal(d.Day)} of {Month(d)} {d.Year}",
    ];

    /// <summary>All pairs, those of the training first; no date occurs twice.</summary>
    public static IReadOnlyList<(string Words, string Iso)> Pairs()
    {
        // The sequence of a seeded Random is the same in every version of .NET.
        var random = new Random(2021);
        var days = Enumerable.Range(0, Last.DayNumber - First.DayNumber + 1).ToArray();
        random.Shuffle(days);
        return [.. days.Take(TrainingPairs + ValidationPairs).Select(day => First.AddDays(day)).Select(date =>
            (Phrases[random.Next(Phrases.Length)](date), date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))];
    }

    private static string Month(DateOnly date) => date.ToString("MMMM", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static string Weekday(DateOnly date) => date.DayOfWeek.ToString().ToLowerInvariant();

    private static string Ordinal(int day) => day + (day % 100 / 10 == 1 ? "th" : (day % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });
}
