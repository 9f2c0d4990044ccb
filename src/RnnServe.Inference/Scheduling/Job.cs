namespace RnnServe.Inference.Scheduling;

/// <summary>A piece of a request on its way through queue and worker: a sentence to decode, a text to label.</summary>
/// <param name="length">Positions of its source.</param>
/// <param name="width">Rows that it has in each step, 1 where nothing is searched.</param>
internal abstract class Job(int length, int width)
{
    /// <summary>Positions of its source.</summary>
    public int Length => length;

    /// <summary>Rows that it has in each step.</summary>
    public int Width => width;

    /// <summary>Whether its encoder's run takes long and shares nothing with other jobs.</summary>
    public virtual bool IsEncodedAlone => false;

    /// <summary>Whether nobody waits for the result any more.</summary>
    public abstract bool IsOver { get; }

    /// <summary>What it shares room and time with.</summary>
    public Lane Lane { get; set; }

    /// <summary>When it was admitted.</summary>
    public long AdmittedAt { get; set; }

    /// <summary>When a worker took it.</summary>
    public long TakenAt { get; set; }

    /// <summary>When it was encoded.</summary>
    public long EncodedAt { get; set; }

    /// <summary>Hands the result to the caller.</summary>
    public abstract void Complete(TimeProvider clock);

    /// <summary>Hands an error to the caller.</summary>
    public abstract void Fail(Exception error);

    /// <summary>The caller has gone.</summary>
    public abstract void Cancel(CancellationToken cancellation);
}

/// <summary>A job with its result.</summary>
/// <inheritdoc cref="Job(int, int)"/>
internal abstract class Job<TResult>(int length, int width) : Job(length, width)
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the result, the error or the cancellation.</summary>
    public Task<TResult> Result => completion.Task;

    public override bool IsOver => completion.Task.IsCompleted;

    public override void Complete(TimeProvider clock)
    {
        long now = clock.GetTimestamp();
        try
        {
            completion.TrySetResult(ResultOf(new DecodeTiming(
                clock.GetElapsedTime(AdmittedAt, TakenAt).TotalMilliseconds,
                clock.GetElapsedTime(TakenAt, EncodedAt).TotalMilliseconds,
                clock.GetElapsedTime(EncodedAt, now).TotalMilliseconds,
                clock.GetElapsedTime(AdmittedAt, now).TotalMilliseconds)
            {
                EndedAt = now,
            }));
        }
        catch (Exception error)
        {
            // The others of its batch have nothing to do with it.
            Fail(error);
        }
    }

    public override void Fail(Exception error) => completion.TrySetException(error);

    public override void Cancel(CancellationToken cancellation) => completion.TrySetCanceled(cancellation);

    /// <summary>What its work gave.</summary>
    /// <param name="timing">Where the time went.</param>
    protected abstract TResult ResultOf(DecodeTiming timing);
}
