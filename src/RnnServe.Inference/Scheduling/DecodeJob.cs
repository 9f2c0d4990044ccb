using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>What the search found for one sentence.</summary>
/// <param name="Hypotheses">The n best, best first; at least one.</param>
/// <param name="Timing">Where the time went.</param>
internal sealed record DecodedSentence(IReadOnlyList<Hypothesis> Hypotheses, DecodeTiming Timing);

/// <summary>One sentence on its way through queue and worker.</summary>
internal sealed class DecodeJob(BeamSearch search)
{
    private readonly TaskCompletionSource<DecodedSentence> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The sentence's search.</summary>
    public BeamSearch Search { get; } = search;

    /// <summary>Completes with the result, the error or the cancellation.</summary>
    public Task<DecodedSentence> Result => completion.Task;

    /// <summary>Whether nobody waits for the result any more.</summary>
    public bool IsOver => completion.Task.IsCompleted;

    /// <summary>Whether it is one of more sentences than a worker decodes at once.</summary>
    public bool OfLargeRequest { get; set; }

    /// <summary>When it was admitted.</summary>
    public long AdmittedAt { get; set; }

    /// <summary>When a worker took it.</summary>
    public long TakenAt { get; set; }

    /// <summary>When it was encoded.</summary>
    public long EncodedAt { get; set; }

    /// <summary>Hands the result to the caller.</summary>
    public void Complete(TimeProvider clock)
    {
        long now = clock.GetTimestamp();
        var timing = new DecodeTiming(
            clock.GetElapsedTime(AdmittedAt, TakenAt).TotalMilliseconds,
            clock.GetElapsedTime(TakenAt, EncodedAt).TotalMilliseconds,
            clock.GetElapsedTime(EncodedAt, now).TotalMilliseconds,
            clock.GetElapsedTime(AdmittedAt, now).TotalMilliseconds);
        completion.TrySetResult(new DecodedSentence(Search.Results(), timing));
    }

    /// <summary>Hands an error to the caller.</summary>
    public void Fail(Exception error) => completion.TrySetException(error);

    /// <summary>The caller has gone.</summary>
    public void Cancel(CancellationToken cancellation) => completion.TrySetCanceled(cancellation);
}
