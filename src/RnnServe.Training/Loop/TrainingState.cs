namespace RnnServe.Training.Loop;

/// <summary>Where a training stands, next to its weights: everything that decides how it goes on.</summary>
internal sealed record TrainingState
{
    /// <summary>Optimizer steps done.</summary>
    public long Step { get; init; }

    /// <summary>The epoch under way, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>Batches of this epoch that are done.</summary>
    public int BatchInEpoch { get; init; }

    /// <summary>Sum of the losses of this epoch's batches.</summary>
    public double EpochLoss { get; init; }

    /// <summary>Target tokens of this epoch's batches.</summary>
    public long EpochTokens { get; init; }

    /// <summary>Best validation score so far, higher is better; null before the first validation.</summary>
    public double? BestScore { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int WithoutProgress { get; init; }

    /// <summary>Threads of the graph's operators: another count gives other last bits. 0 where an older checkpoint does not say.</summary>
    public int Threads { get; init; }

    /// <summary>No step is left: the epochs are over, or the score stopped rising.</summary>
    public bool Finished { get; init; }
}
