using RnnServe.Inference.Bundles;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>A model whose jobs wait in a queue of the worker pool.</summary>
public abstract class QueuedModel : IModel
{
    private readonly IDisposable graphs;

    /// <param name="bundle">Where it comes from.</param>
    /// <param name="precision">What was opened of it.</param>
    /// <param name="graphs">The open graphs; disposed with this.</param>
    /// <param name="queue">Where its jobs wait; disposed with this.</param>
    private protected QueuedModel(ModelBundle bundle, string precision, IDisposable graphs, RequestQueue queue) =>
        (Bundle, Precision, this.graphs, Queue) = (bundle, precision, graphs, queue);

    /// <inheritdoc/>
    public ModelBundle Bundle { get; }

    /// <inheritdoc/>
    public string Precision { get; }

    /// <inheritdoc/>
    public int Queued => Queue.Taken;

    /// <summary>How long what waits takes at the present rate; zero where nothing was done lately.</summary>
    public TimeSpan Drain => Queue.Drain();

    /// <inheritdoc/>
    public int MaxRows => Queue.Cost.Most;

    /// <summary>A pool that serves this model alone, disposed with it; null where others share it.</summary>
    internal WorkerPool? OwnPool { get; set; }

    private protected RequestQueue Queue { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync().ConfigureAwait(false);
        if (OwnPool is { } pool)
            await pool.DisposeAsync().ConfigureAwait(false);
        graphs.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    Task<CanaryAnswer> IModel.AnswerCanaryAsync(string input, CancellationToken cancellation) => AnswerCanaryAsync(input, cancellation);

    private protected abstract Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation);
}
