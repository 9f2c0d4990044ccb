namespace RnnServe.Inference.Scheduling;

/// <summary>What jobs share room and time with in a worker.</summary>
internal enum Lane
{
    /// <summary>Requests that fit into a worker at once.</summary>
    Small,

    /// <summary>Larger ones; beside small ones they have a quarter of the time.</summary>
    Large,

    /// <summary>Those that take a step only where a worker has nothing else to do.</summary>
    Bulk,
}
