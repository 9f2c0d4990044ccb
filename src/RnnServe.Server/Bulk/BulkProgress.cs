namespace RnnServe.Server.Bulk;

/// <summary>Says on standard error how far the work is: on a terminal in one line that renews itself, elsewhere now and then.</summary>
/// <param name="what">What is counted, in plural.</param>
/// <param name="total">How many there are; null where nobody knows.</param>
/// <param name="time">The clock.</param>
internal sealed class BulkProgress(string what, int? total, TimeProvider time)
{
    private readonly bool live = !Console.IsErrorRedirected;
    private long started;
    private long shown;
    private int before;
    private int done;

    /// <summary>Starts the clock.</summary>
    /// <param name="alreadyDone">By a run that was interrupted.</param>
    public void Start(int alreadyDone)
    {
        before = done = alreadyDone;
        started = shown = time.GetTimestamp();
        if (alreadyDone > 0)
            Say(Invariant($"going on behind {alreadyDone:N0} {what} that are done"));
    }

    /// <summary>More are done.</summary>
    public void Add(int count)
    {
        done += count;
        if (time.GetElapsedTime(shown) < TimeSpan.FromSeconds(live ? 0.5 : 30))
            return;
        shown = time.GetTimestamp();
        Console.Error.Write(live ? "\r" + Line().PadRight(78) : Line() + '\n');
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line) => Console.Error.Write((live ? "\r" : "") + line.PadRight(live ? 78 : 0) + '\n');

    /// <exception cref="IOException">There were fewer or more than were counted before.</exception>
    public void CheckAll()
    {
        if (total is { } count && done != count)
            throw new IOException(Invariant($"The input has changed: it had {count:N0} {what}, and {done:N0} were read."));
    }

    /// <summary>All are done.</summary>
    public void End()
    {
        var elapsed = time.GetElapsedTime(started);
        Say(Invariant($"{done:N0} {what}, {done - before:N0} of them in {elapsed.TotalSeconds:F1} s: {Rate():N0}/s"));
    }

    private string Line()
    {
        string all = total is { } count ? Invariant($" of {count:N0}") : "";
        string left = total is { } sum ? $"  ETA {TimeSpan.FromSeconds(Math.Round((sum - done) / Math.Max(Rate(), 1e-9))):c}" : "";
        return Invariant($"{done:N0}{all} {what}  {Rate():N0}/s{left}");
    }

    private double Rate() => (done - before) / Math.Max(time.GetElapsedTime(started).TotalSeconds, 1e-9);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
