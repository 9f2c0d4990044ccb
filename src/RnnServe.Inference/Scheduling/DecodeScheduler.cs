using System.ComponentModel.DataAnnotations;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>The door to a model's workers: a request is admitted or refused now, and its sentences share the workers' batches.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DecodeScheduler : IAsyncDisposable
{
    private readonly DecodeQueue queue;
    private readonly DecodeWorker[] workers;

    /// <param name="createDecoder">Makes a worker's decoder; called on the worker's thread.</param>
    /// <param name="options">How sentences share runs.</param>
    /// <param name="limit">Rows of each worker.</param>
    /// <param name="clock">Measures times; null: the system's.</param>
    /// <exception cref="ValidationException">An option is outside its range.</exception>
    public DecodeScheduler(Func<IDecoder> createDecoder, BatchingOptions options, RowLimit limit, TimeProvider? clock = null)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        clock ??= TimeProvider.System;
        queue = new DecodeQueue(options, limit, clock);
        int count = options.Workers == 0 ? Environment.ProcessorCount : options.Workers;
        workers = [.. Enumerable.Range(0, count).Select(i =>
            new DecodeWorker($"decode-{i}", queue, limit, createDecoder, clock))];
    }

    /// <summary>Sentences waiting for a worker.</summary>
    public int Queued => queue.Count;

    /// <summary>Refuses at once what <see cref="DecodeAsync"/> would refuse after more work; what passes may still be refused.</summary>
    /// <param name="sentences">How many there are at least.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    public void CheckRoom(int sentences) => queue.CheckRoom(sentences);

    /// <summary>Decodes sentences, all of them admitted or none; results in the same order.</summary>
    /// <param name="sentences">Their searches, none of them started.</param>
    /// <param name="cancellation">Frees their places and rows within one step.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<IReadOnlyList<DecodedSentence>> DecodeAsync(IReadOnlyList<BeamSearch> sentences, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        DecodeJob[] jobs = [.. sentences.Select(sentence => new DecodeJob(sentence))];
        var request = queue.Admit(jobs);
        using var registration = cancellation.Register(() =>
        {
            queue.Forget(request);
            foreach (var job in jobs)
                job.Cancel(cancellation);
        });
        return await Task.WhenAll(jobs.Select(job => job.Result)).ConfigureAwait(false);
    }

    /// <summary>Admits nothing more and waits until all that was admitted is decoded.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await Task.WhenAll(workers.Select(worker => worker.Stopped)).ConfigureAwait(false);
    }
}
