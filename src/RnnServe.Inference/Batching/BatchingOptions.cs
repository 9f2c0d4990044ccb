using System.ComponentModel.DataAnnotations;

namespace RnnServe.Inference.Batching;

/// <summary>How sentences of all requests share the runs of one model.</summary>
public sealed class BatchingOptions : IValidatableObject
{
    /// <summary>Threads that decode; 0 is one per core.</summary>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>Most sentences that one worker decodes at once. Beyond 80 to 160 rows (sentences x beam) a core gains nothing.</summary>
    [Range(1, 1024)]
    public int MaxSentences { get; set; } = 16;

    /// <summary>Most sentences waiting, over all requests; a request that would exceed it is refused at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueued { get; set; } = 4096;

    /// <summary>Longest that an idle worker lets a sentence wait for company, in milliseconds; 0 starts it at once.</summary>
    [Range(0, 1000)]
    public int MaxWaitMs { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxQueued < MaxSentences)
            yield return new($"MaxQueued ({MaxQueued}) must be at least MaxSentences ({MaxSentences}).", [nameof(MaxQueued)]);
    }
}
