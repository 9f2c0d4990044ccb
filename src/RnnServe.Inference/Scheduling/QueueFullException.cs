namespace RnnServe.Inference.Scheduling;

/// <summary>The request was refused because too many sentences or images are waiting; nothing of it was queued.</summary>
/// <param name="queued">Sentences or images waiting.</param>
/// <param name="asked">Those of the refused request.</param>
/// <param name="limit">Most that may wait.</param>
public sealed class QueueFullException(int queued, int asked, int limit)
    : Exception($"{queued} are waiting to be decoded; {asked} more would exceed the limit of {limit}.")
{
    /// <summary>Sentences or images waiting when the request was refused.</summary>
    public int Queued { get; } = queued;

    /// <summary>Sentences or images of the refused request.</summary>
    public int Asked { get; } = asked;

    /// <summary>Most sentences or images that may wait now.</summary>
    public int Limit { get; } = limit;

    /// <summary>Most that may ever wait; a request with more can never be admitted.</summary>
    public int Most { get; init; } = limit;

    /// <summary>Whether the numbers are of the caller alone, or of all that is bulk, which leave places to others.</summary>
    public bool IsShare { get; init; }

    /// <summary>How long what waits takes at the present rate; zero where nothing was done lately.</summary>
    public TimeSpan Drain { get; init; }
}
