namespace RnnServe.Inference.Batching;

/// <summary>The request was refused because too many sentences are waiting; nothing of it was queued.</summary>
/// <param name="queued">Sentences waiting.</param>
/// <param name="asked">Sentences of the refused request.</param>
/// <param name="limit">Most sentences that may wait.</param>
public sealed class QueueFullException(int queued, int asked, int limit)
    : Exception($"{queued} sentences are waiting; {asked} more would exceed the limit of {limit}.")
{
    /// <summary>Sentences waiting when the request was refused.</summary>
    public int Queued { get; } = queued;

    /// <summary>Sentences of the refused request.</summary>
    public int Asked { get; } = asked;

    /// <summary>Most sentences that may wait; a request with more sentences than this can never be admitted.</summary>
    public int Limit { get; } = limit;
}
