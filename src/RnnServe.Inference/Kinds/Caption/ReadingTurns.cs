using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Who reads an image next: so many at a time, in the order in which they came, and what is bulk when nobody else waits.
/// Thread-safe.</summary>
/// <param name="most">How many at a time.</param>
internal sealed class ReadingTurns(int most)
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> interactive = [], bulk = [];
    private int free = most;

    /// <summary>Waits for a turn, which <see cref="Leave"/> ends.</summary>
    public async Task EnterAsync(RequestPriority priority, CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (priority == RequestPriority.Bulk ? bulk : interactive).Enqueue(turn);
        }

        using var registration = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        lock (gate)
        {
            // Those who have gone are passed over.
            while (interactive.TryDequeue(out var next) || bulk.TryDequeue(out next))
            {
                if (next.TrySetResult())
                    return;
            }

            free++;
        }
    }
}
