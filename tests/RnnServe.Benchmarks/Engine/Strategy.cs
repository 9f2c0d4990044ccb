using RnnServe.Inference.Scheduling;

namespace RnnServe.Benchmarks;

/// <summary>A way to put sentences and workers together.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Workers">Threads that decode.</param>
/// <param name="Pool">Sentences that a worker decodes at once; 0: as many as it does by default.</param>
internal sealed record Strategy(string Name, int Workers, int Pool)
{
    /// <summary>What a loop over requests does.</summary>
    public static readonly Strategy OneAtATime = new("one at a time", 1, 1);

    /// <summary>What a thread for each request does.</summary>
    public static readonly Strategy OnePerWorker = new("one sentence per worker", Environment.ProcessorCount, 1);

    /// <summary>What RnnServe does where nothing else is asked for.</summary>
    public static readonly Strategy Usual = new("continuous, as by default", Environment.ProcessorCount, 0);

    /// <summary>What RnnServe does: sentences join and leave a worker's batch between steps.</summary>
    public static Strategy Continuous(int pool) => new($"continuous, {pool} per worker", Environment.ProcessorCount, pool);

    /// <summary>The same as the engine's options.</summary>
    /// <param name="beam">Rows of a sentence.</param>
    /// <param name="queue">Sentences that may wait.</param>
    public BatchingOptions Options(int beam, int queue = 1_000_000) => new() { Workers = Workers, MaxRows = Pool * beam, MaxQueued = queue };
}
