namespace RnnServe.OnnxRuntime;

/// <summary>The pool that sessions with <see cref="SessionOptions.IntraOpThreads"/> 0 share.</summary>
public sealed record ThreadPoolOptions
{
    /// <summary>Threads that work on one operator, the calling thread included; 1 starts no thread.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Whether idle threads spin for a while before they sleep: faster, but uses a core.</summary>
    public bool Spinning { get; init; } = true;
}
