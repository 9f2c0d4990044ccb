using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;

namespace RnnServe.Inference.Scheduling;

/// <summary>The threads that run the jobs of all models: as many for a hundred models as for one. Thread-safe.</summary>
public sealed class WorkerPool : IAsyncDisposable
{
    private readonly Worker[] workers;
    private readonly object gate = new();
    private readonly List<RequestQueue> queues = [];
    private readonly IdleMemory memory;
    private volatile int version;
    private int idleWorkers;
    private bool closed;

    /// <summary>Starts the threads.</summary>
    /// <param name="options">How many there are, and how jobs share runs.</param>
    /// <param name="clock">Measures times; null: the system's.</param>
    /// <param name="meter">Counts and times what the workers do; null: one of the pool's own, named RnnServe.</param>
    /// <exception cref="ValidationException">An option is outside its range.</exception>
    public WorkerPool(BatchingOptions options, TimeProvider? clock = null, Meter? meter = null)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (Options, Clock, Meter) = (options, clock ?? TimeProvider.System, new(meter));
        int threads = options.Workers == 0 ? Environment.ProcessorCount : options.Workers;
        workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(this))];
        memory = new(() => Volatile.Read(ref idleWorkers) == workers.Length, Clock);
        for (int i = 0; i < workers.Length; i++)
            workers[i].Start($"worker-{i}");
    }

    /// <summary>How jobs share runs.</summary>
    internal BatchingOptions Options { get; }

    internal TimeProvider Clock { get; }

    /// <summary>What is measured of all models.</summary>
    internal EngineMeter Meter { get; }

    /// <summary>The threads.</summary>
    public int Workers => workers.Length;

    /// <summary>Gives a model its queue, and a share of every worker.</summary>
    /// <param name="cost">How much of it a worker may run at once.</param>
    /// <param name="createBatch">Makes a worker's batch for jobs of one class.</param>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    internal RequestQueue Open(Cost cost, Func<IBatch> createBatch)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            var queue = new RequestQueue(Options, cost, Clock, gate);
            foreach (var worker in workers)
                worker.Added.Add(new Share(queue, worker, createBatch, Clock));
            queues.Add(queue);
            version++;
            Monitor.PulseAll(gate);
            return queue;
        }
    }

    /// <summary>Closes all queues and waits until all that was admitted is done.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closed = true;
            foreach (var queue in queues)
                queue.Close();
            Monitor.PulseAll(gate);
        }

        await Task.WhenAll(workers.Select(worker => worker.Stopped)).ConfigureAwait(false);
        memory.Dispose();
        Meter.Dispose();
    }

    /// <summary>Hands a worker the shares of models that were added.</summary>
    internal void Adopt(Worker worker, List<Share> shares)
    {
        if (version == worker.Version)
            return;
        lock (gate)
            AdoptLocked(worker, shares);
    }

    /// <summary>Waits on behalf of a worker without jobs, and hands it its part of what waits.</summary>
    /// <returns>False once the pool is closed and nothing waits.</returns>
    internal bool WaitAndTake(Worker worker, List<Share> shares)
    {
        lock (gate)
        {
            idleWorkers++;
            try
            {
                while (true)
                {
                    AdoptLocked(worker, shares);
                    if (shares.Exists(static share => share.IsOver))
                        return true;
                    if (closed && shares.Count == 0)
                        return false;
                    if (!queues.Exists(static queue => queue.Count > 0))
                        Monitor.Wait(gate);
                    else if (TakePart(shares))
                        return true;
                }
            }
            finally
            {
                idleWorkers--;
                memory.Worked();
            }
        }
    }

    private void AdoptLocked(Worker worker, List<Share> shares)
    {
        shares.AddRange(worker.Added);
        worker.Added.Clear();
        worker.Version = version;
        queues.RemoveAll(static queue => queue.IsDrained);
    }

    /// <summary>Idle workers share what waits; a worker begins with the model that has had the least time.</summary>
    private bool TakePart(List<Share> shares)
    {
        WaitForCompany();
        int ofSmall = Part(Lane.Small), ofLarge = Part(Lane.Large), ofBulk = Part(Lane.Bulk);
        return (ofSmall + ofLarge > 0 && Worker.Next(shares, share => share.TryTake(ofSmall, ofLarge)) is not null)
            || Worker.Next(shares, share => share.TryTakeBulk(ofBulk)) is not null;
    }

    private int Part(Lane lane) => (queues.Sum(queue => queue.CostOf(lane)) + idleWorkers - 1) / idleWorkers;

    private void WaitForCompany()
    {
        long since = Clock.GetTimestamp();
        while (!closed && queues.Exists(static queue => queue.Count > 0) && !queues.Exists(static queue => queue.IsEnough))
        {
            var left = TimeSpan.FromMilliseconds(Options.MaxWaitMs) - Clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                return;
            Monitor.Wait(gate, left);
        }
    }
}
