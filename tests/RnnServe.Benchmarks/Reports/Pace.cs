using System.Globalization;
using System.Numerics.Tensors;

namespace RnnServe.Benchmarks;

/// <summary>How fast the processor is at this moment: a machine that is shared is not always as fast, and what is measured on it slows with it.</summary>
internal static class Pace
{
    // Together more than a core's own cache, as a model's weights are.
    private const int Length = 1 << 20, Times = 48;

    private const double NanosecondsPerMillisecond = 1e6;

    private static readonly float[] First = [.. Enumerable.Range(0, Length).Select(i => i % 7f)], Second = [.. First.Reverse()];

    /// <summary>Milliseconds of processor time that a fixed calculation takes: not how long it waits for a core that others use, but what the
    /// machine below takes away.</summary>
    public static double Milliseconds()
    {
        double start = ProcessorTime();
        float sum = 0;
        for (int i = 0; i < Times; i++)
            sum += TensorPrimitives.Dot(First, Second);
        double end = ProcessorTime();
        // The sum is used, so the products are not left out.
        return float.IsNaN(sum) ? double.NaN : end - start;
    }

    // Of this thread alone; what .NET tells of a thread counts in hundredths of a second. The system brings the figure up to date when it gives
    // the core to a thread, so it is asked to.
    private static double ProcessorTime()
    {
        Thread.Yield();
        return double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / NanosecondsPerMillisecond;
    }
}
