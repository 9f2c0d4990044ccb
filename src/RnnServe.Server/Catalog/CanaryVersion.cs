namespace RnnServe.Server.Catalog;

/// <summary>The newest version of a model on trial: it answers a share of the requests, the one before answers the rest.
/// Thread-safe.</summary>
/// <param name="served">The version.</param>
/// <param name="percent">Of a hundred requests, how many it answers.</param>
internal sealed class CanaryVersion(ServedVersion served, int percent)
{
    private long requests = -1;

    public ServedVersion Served => served;

    public int Percent => percent;

    /// <summary>Whether the next request is its.</summary>
    /// <remarks>Spread evenly and not drawn, as a line is in pixels: of any hundred requests in a row exactly <see cref="Percent"/> are
    /// its.</remarks>
    public bool TakesNext()
    {
        long number = Interlocked.Increment(ref requests);
        return (number + 1) * percent / 100 > number * percent / 100;
    }
}
