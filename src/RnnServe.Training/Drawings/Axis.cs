namespace RnnServe.Training.Drawings;

/// <summary>One side of a chart.</summary>
/// <param name="Ticks">Round numbers that enclose what is shown, in rising order.</param>
/// <param name="Logarithmic">Whether equal distances are equal factors.</param>
internal sealed record Axis(double[] Ticks, bool Logarithmic)
{
    /// <summary>The axis for a range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A logarithmic axis is to show what is not above 0.</exception>
    public static Axis Of(double least, double most, bool logarithmic) =>
        new(logarithmic ? Drawings.Ticks.Factors(least, most) : Drawings.Ticks.Of(least, most), logarithmic);

    /// <summary>Where a value lies: 0 at the first tick, 1 at the last.</summary>
    public double Place(double value) => (Scaled(value) - Scaled(Ticks[0])) / (Scaled(Ticks[^1]) - Scaled(Ticks[0]));

    private double Scaled(double value) => Logarithmic ? Math.Log10(value) : value;
}

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    /// <summary>Powers of ten beyond which the numbers between them would be too many.</summary>
    private const int FewDecades = 3;

    /// <summary>About five multiples of 1, 2 or 5 times a power of ten, that enclose the range.</summary>
    public static double[] Of(double least, double most)
    {
        if (most <= least)
            (least, most) = (least - 0.5, least + 0.5);

        double rough = (most - least) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * new[] { 1, 2, 5, 10 }.First(factor => factor * power >= rough * 0.999);
        long first = (long)Math.Floor((least / step) + 1e-9), last = (long)Math.Ceiling((most / step) - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    /// <summary>1, 2 and 5 times powers of ten that enclose the range; where it is wide, the powers alone.</summary>
    public static double[] Factors(double least, double most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(least);
        int first = (int)Math.Floor(Math.Log10(least) + 1e-9), last = (int)Math.Ceiling(Math.Log10(most) - 1e-9);
        double[] factors = last - first > FewDecades ? [1] : [1, 2, 5];
        double[] all = [.. Enumerable.Range(first, last - first + 2).SelectMany(power => factors.Select(f => f * Math.Pow(10, power)))];
        int from = Array.FindLastIndex(all, tick => tick <= least * (1 + 1e-9));
        int to = Array.FindIndex(all, tick => tick >= most * (1 - 1e-9));
        return all[from..(Math.Max(to, from + 1) + 1)];
    }
}
