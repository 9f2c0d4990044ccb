using System.Diagnostics.CodeAnalysis;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Who reads an image next: so many at a time, one of each caller in turn, and what is bulk when nobody else waits.
/// Thread-safe.</summary>
/// <param name="most">How many at a time.</param>
internal sealed class ReadingTurns(int most)
{
    private readonly Lock gate = new();
    private readonly WaitingReaders interactive = new(), bulk = new();
    private int free = most;

    /// <summary>Waits for a turn, which <see cref="Leave"/> ends.</summary>
    public async Task EnterAsync(RequestOrigin origin, CancellationToken cancellation)
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
            (origin.Priority == RequestPriority.Bulk ? bulk : interactive).Add(origin.Caller, turn);
        }

        using var registration = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        lock (gate)
        {
            // Those who have gone are passed over.
            while (interactive.TryTake(out var next) || bulk.TryTake(out next))
            {
                if (next.TrySetResult())
                    return;
            }

            free++;
        }
    }

    /// <summary>Those who wait, by their callers. Changed under the lock.</summary>
    private sealed class WaitingReaders
    {
        private readonly Queue<string> callers = [];
        private readonly Dictionary<string, Queue<TaskCompletionSource>> waiting = [];

        public void Add(string caller, TaskCompletionSource turn)
        {
            if (!waiting.TryGetValue(caller, out var own))
            {
                waiting.Add(caller, own = []);
                callers.Enqueue(caller);
            }

            own.Enqueue(turn);
        }

        public bool TryTake([NotNullWhen(true)] out TaskCompletionSource? next)
        {
            next = null;
            if (!callers.TryDequeue(out string? caller))
                return false;
            var own = waiting[caller];
            next = own.Dequeue();
            if (own.Count > 0)
                callers.Enqueue(caller);
            else
                waiting.Remove(caller);
            return true;
        }
    }
}
