namespace RnnServe.OnnxRuntime;

/// <summary>How a <see cref="Session"/> runs its graph.</summary>
public sealed record SessionOptions
{
    /// <summary>
    /// Threads that work on one operator, the calling thread included; 1 starts no thread, 0 uses the process-wide pool
    /// (<see cref="OnnxEnvironment.Configure"/>).
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>
    /// Whether the session's own idle threads spin before they sleep. Two spinning pools in a process halve the throughput.
    /// </summary>
    public bool Spinning { get; init; } = true;

    /// <summary>Whether freed memory is kept for the next run.</summary>
    public bool MemoryArena { get; init; } = true;

    /// <summary>Whether memory is planned per input shape: only pays where shapes never change.</summary>
    public bool MemoryPattern { get; init; }

    /// <summary>How much the graph may be rewritten on loading.</summary>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.All;

    /// <summary>File to write the rewritten graph to, for inspection; null for none.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>Prefix of the profile (Chrome trace, JSON) that is written when the session is disposed; null for none.</summary>
    public string? ProfilePrefix { get; init; }
}
