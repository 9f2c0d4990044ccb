using System.Diagnostics.Metrics;

namespace RnnServe.Tests.Server;

/// <summary>Adds up one counter of one server.</summary>
internal sealed class MeterCount : IDisposable
{
    private readonly MeterListener listener = new();
    private long total;

    /// <param name="owner">The server's.</param>
    /// <param name="name">The counter's.</param>
    /// <param name="label">A label that what is counted must have; null: everything is.</param>
    public MeterCount(IMeterFactory owner, string name, KeyValuePair<string, object?>? label = null)
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == name && instrument.Meter.Scope == owner)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (label is not { } wanted || tags.Contains(wanted))
                Interlocked.Add(ref total, value);
        });
        listener.Start();
    }

    /// <summary>Waits until the count is as large, at most ten seconds.</summary>
    public async Task<long> ReachAsync(long expected)
    {
        for (var i = 0; i < 500 && Interlocked.Read(ref total) < expected; i++)
            await Task.Delay(20);

        return Interlocked.Read(ref total);
    }

    public void Dispose() => listener.Dispose();
}
