namespace RnnServe.Benchmarks;

/// <summary>A way to put sentences and workers together.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Workers">Threads that decode.</param>
/// <param name="Pool">Sentences that a worker decodes at once.</param>
internal sealed record Strategy(string Name, int Workers, int Pool)
{
    /// <summary>What a loop over requests does.</summary>
    public static readonly Strategy OneAtATime = new("one at a time", 1, 1);

    /// <summary>What a thread for each request does.</summary>
    public static readonly Strategy OnePerWorker = new("one sentence per worker", Environment.ProcessorCount, 1);

    /// <summary>What RnnServe does: sentences join and leave a worker's batch between steps.</summary>
    public static Strategy Continuous(int pool) => new($"continuous, {pool} per worker", Environment.ProcessorCount, pool);
}
