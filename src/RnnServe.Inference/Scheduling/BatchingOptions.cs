using System.ComponentModel.DataAnnotations;

namespace RnnServe.Inference.Scheduling;

/// <summary>How sentences of all requests share the runs of one model.</summary>
public sealed class BatchingOptions
{
    /// <summary>Threads that decode; 0 is one per core.</summary>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>
    /// Most rows (sentences x beam size) that one worker decodes at once; 0 is 80 for int8 graphs and 160 for fp32. With more, logits and
    /// memory leave the core's cache, and all wait longer for each token. A sentence whose beam alone has more is decoded alone; requests
    /// of sentences that have more together are decoded apart from the others, which they share the workers' time with.
    /// </summary>
    [Range(0, 16_384)]
    public int MaxRows { get; set; }

    /// <summary>Most sentences waiting, over all requests; a request that would exceed it is refused at once. Of one place there is no half
    /// to leave to others.</summary>
    [Range(2, 1_000_000)]
    public int MaxQueued { get; set; } = 4096;

    /// <summary>Longest that an idle worker lets a sentence wait for company, in milliseconds; 0 starts it at once.</summary>
    [Range(0, 1000)]
    public int MaxWaitMs { get; set; }
}
