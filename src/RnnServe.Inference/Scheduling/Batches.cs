namespace RnnServe.Inference.Scheduling;

/// <summary>What a worker runs of a model's small requests, or of its large ones: a batch for each class of jobs. It belongs to the
/// worker's thread.</summary>
internal sealed class Batches(Room room, WarmBatches warm, Func<IBatch> createBatch, TimeProvider clock)
{
    private readonly IBatch[] all = [.. Enumerable.Range(0, Cost.Classes).Select(_ => createBatch())];

    /// <summary>What the batches cost and may cost.</summary>
    public Room Room => room;

    /// <summary>Jobs that are run now or with the next step.</summary>
    public int Jobs { get; private set; }

    /// <summary>Drops the jobs whose callers have gone, and counts the others.</summary>
    public void Refresh()
    {
        Jobs = 0;
        for (int i = 0; i < all.Length; i++)
        {
            Run(all[i], static batch => batch.DropGone());
            room.Set(i, all[i].Jobs, all[i].Width);
            Jobs += all[i].Jobs;
        }
    }

    /// <summary>Takes a newcomer in, which begins with the next step.</summary>
    public void Add(Job job)
    {
        all[Cost.ClassOf(job)].Add(job);
        Jobs++;
    }

    /// <summary>One step of every batch, the shortest jobs first: they must not wait for the encoding of long ones.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Step()
    {
        if (Jobs == 0)
            return TimeSpan.Zero;
        long start = clock.GetTimestamp();
        foreach (var batch in all)
            Run(batch, static batch => batch.Step());
        return clock.GetElapsedTime(start);
    }

    /// <summary>Gives back all memory, on the worker's thread.</summary>
    public void Close()
    {
        foreach (var batch in all)
        {
            batch.Release();
            warm.Add(batch);
        }
    }

    /// <summary>Whatever goes wrong, only the jobs of this batch are affected.</summary>
    private void Run(IBatch batch, Action<IBatch> act)
    {
        if (batch.Jobs == 0)
            return;
        try
        {
            act(batch);
        }
        catch (Exception error)
        {
            batch.FailAll(error);
        }

        if (batch.Jobs == 0)
            warm.Add(batch);
    }
}

/// <summary>A worker's batches that have no jobs but hold memory for the next: the last few. With all of them, memory would grow with the
/// number of models and of classes that ever came.</summary>
internal sealed class WarmBatches
{
    private const int Most = 6;

    private readonly List<IBatch> byUse = [];

    /// <summary>Keeps a batch that is warm, forgets one that is not, and gives back the memory of the one that was used the longest
    /// ago.</summary>
    public void Add(IBatch batch)
    {
        byUse.Remove(batch);
        if (!batch.IsWarm)
            return;
        byUse.Add(batch);
        if (byUse.Count <= Most)
            return;
        if (byUse[0].Jobs == 0)
            byUse[0].Release();
        byUse.RemoveAt(0);
    }
}
