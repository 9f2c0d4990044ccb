using System.Globalization;
using System.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Loop;

/// <summary>What a training works with besides model and data.</summary>
internal sealed record TrainerEnvironment
{
    /// <summary>Where checkpoints and log are kept.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Hash of the recipe, by which a resumed training knows its checkpoints.</summary>
    public required string RecipeHash { get; init; }

    public required ProgressReport Progress { get; init; }

    /// <summary>Scores the model by what it writes; without it the validation loss decides.</summary>
    public IValidation? Validation { get; init; }

    /// <summary>What the loss is counted by.</summary>
    public LossUnit Unit { get; init; } = LossUnit.Token;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>How a training ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>The validation score stopped rising.</summary>
    StoppedEarly,

    /// <summary>The user stopped it; a checkpoint was written.</summary>
    Interrupted,
}

/// <summary>The training loop. All that decides its course is in the checkpoint or a pure function of seed, epoch and step: a training that
/// was killed at any moment and resumed with as many threads ends with the same bits.</summary>
internal sealed class Trainer : IDisposable
{
    private const int StepsPerLogLine = 10;

    private readonly ILossGraph graph;
    private readonly IBatchSource batches;
    private readonly TrainingSettings settings;
    private readonly TrainerEnvironment environment;
    private readonly Adam adam;
    private readonly MovingAverage average;
    private readonly Checkpoints checkpoints;
    private readonly LearningRate learningRate;
    private TrainingState state;
    private long savedAt;

    /// <summary>Prepares a training; graph and batches stay the caller's.</summary>
    public Trainer(ILossGraph graph, IBatchSource batches, TrainingSettings settings, TrainerEnvironment environment)
    {
        (this.graph, this.batches, this.settings, this.environment) = (graph, batches, settings, environment);
        state = new() { Threads = settings.Execution().IntraOpThreads };
        adam = new Adam(graph.Parameters, new AdamSettings(settings.Beta1, settings.Beta2, settings.Epsilon));
        average = new MovingAverage(graph.Parameters, settings.EmaDecay, settings.EmaWarmUp);
        checkpoints = new Checkpoints(environment.Folder, environment.RecipeHash, graph.Parameters, adam, average);
        long steps = Enumerable.Range(1, settings.Epochs).Sum(epoch => (long)batches.Count(epoch));
        learningRate = new LearningRate(settings.LearningRate, settings.WarmUpSteps, settings.Decay, steps);
    }

    /// <summary>Trains to the end, or until <paramref name="stop"/> asks to stop.</summary>
    /// <param name="resume">Whether to go on from the newest checkpoint.</param>
    /// <param name="stop">Checked after each step; a checkpoint is written before the method returns.</param>
    /// <exception cref="UserException">The loss is no longer a number, or there is nothing to resume.</exception>
    public TrainingOutcome Run(bool resume, CancellationToken stop)
    {
        var progress = environment.Progress;
        if (resume)
        {
            state = checkpoints.Restore(progress.Say) with { Threads = state.Threads };
            progress.Say($"Resuming at epoch {state.Epoch}, step {state.Step}.");
        }

        using var log = new TrainingLog(environment.Folder.Log, state);
        progress.Start(settings.Epochs, learningRate.TotalSteps, state.Step, environment.Unit.Plural);
        savedAt = environment.Time.GetTimestamp();
        while (!state.Finished)
        {
            if (!TrainEpoch(log, stop))
                return TrainingOutcome.Interrupted;
            FinishEpoch(log);
            if (stop.IsCancellationRequested && !state.Finished)
                return TrainingOutcome.Interrupted;
        }

        return state.Epoch > settings.Epochs ? TrainingOutcome.Finished : TrainingOutcome.StoppedEarly;
    }

    public void Dispose()
    {
        adam.Dispose();
        average.Dispose();
    }

    /// <returns>Whether the epoch was done, not stopped.</returns>
    private bool TrainEpoch(TrainingLog log, CancellationToken stop)
    {
        foreach (var batch in batches.Epoch(state.Epoch, state.BatchInEpoch))
        {
            using (batch)
                Step(batch, log);

            bool due = environment.Time.GetElapsedTime(savedAt) >= TimeSpan.FromMinutes(settings.CheckpointMinutes);
            if (due || stop.IsCancellationRequested)
                Save();
            if (stop.IsCancellationRequested)
                return false;
        }

        return true;
    }

    private void Step(Batch batch, TrainingLog log)
    {
        long step = state.Step + 1;
        double loss = graph.ForwardBackward(batch, SeededRandom.SeedOf((ulong)settings.Seed, (ulong)step));
        double norm = GradientClipping.Norm(graph.Parameters);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
            throw Diverged($"Step {step} (epoch {state.Epoch}) has loss {loss} and gradient norm {norm}.");

        double learningRate = this.learningRate.At(step);
        adam.Step(step, learningRate, GradientClipping.Scale(norm, settings.ClipNorm));
        average.Update(step);
        state = state with
        {
            Step = step,
            BatchInEpoch = state.BatchInEpoch + 1,
            EpochLoss = state.EpochLoss + loss,
            EpochTokens = state.EpochTokens + batch.TargetTokens,
        };
        environment.Progress.Step(new StepReport(state.Epoch, step, loss, batch.TargetTokens, norm));
        if (step % StepsPerLogLine == 0)
            log.Write(Entry(loss / batch.TargetTokens) with { GradientNorm = norm, LearningRate = learningRate });
    }

    private void FinishEpoch(TrainingLog log)
    {
        bool last = state.Epoch == settings.Epochs;
        bool patienceIsOver = false;
        if (last || state.Epoch % settings.ValidateEvery == 0)
        {
            // Whatever becomes of the validation, the epoch is not lost.
            Save();
            Validate(log);
            patienceIsOver = settings.EarlyStopping > 0 && state.WithoutProgress >= settings.EarlyStopping;
        }

        bool stopEarly = patienceIsOver && !last;
        state = state with
        {
            Epoch = stopEarly ? state.Epoch : state.Epoch + 1,
            BatchInEpoch = stopEarly ? state.BatchInEpoch : 0,
            EpochLoss = 0,
            EpochTokens = 0,
            Finished = last || stopEarly,
        };
        Save();
    }

    /// <summary>Validates the averaged weights and keeps them when they are the best so far.</summary>
    private void Validate(TrainingLog log)
    {
        average.Swap();
        double loss;
        double? written;
        try
        {
            loss = ValidationLoss();
            written = environment.Validation?.Score(graph.Parameters);
        }
        finally
        {
            average.Swap();
        }

        if (!double.IsFinite(loss))
            throw Diverged($"After step {state.Step} (epoch {state.Epoch}) the validation loss is {loss}.");

        double score = written ?? -loss;
        bool best = state.BestScore is not { } previous || score > previous;
        state = state with { BestScore = best ? score : state.BestScore, WithoutProgress = best ? 0 : state.WithoutProgress + 1 };
        if (best)
            checkpoints.SaveBest(state);

        double trainLoss = state.EpochLoss / state.EpochTokens;
        log.Write(
            Entry(trainLoss) with { ValidationLoss = loss, Score = written, ScoreName = environment.Validation?.ScoreName, Best = best });
        SayValidation(trainLoss, loss, written, best);
    }

    private void SayValidation(double trainLoss, double loss, double? score, bool best)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"epoch {state.Epoch}: training loss {trainLoss:F3}, validation loss {loss:F3}");
        if (environment.Unit.IsLikelihood)
            line.Append(CultureInfo.InvariantCulture, $", perplexity {Math.Exp(loss):F2}");
        if (score is { } value)
            line.Append(CultureInfo.InvariantCulture, $"  {environment.Validation!.ScoreName} {value:F2}");
        environment.Progress.Say(line.Append(best ? "  (best)" : "").ToString());
    }

    private double ValidationLoss()
    {
        double sum = 0;
        long tokens = 0;
        foreach (var batch in batches.Validation())
        {
            using (batch)
            {
                sum += graph.Loss(batch);
                tokens += batch.TargetTokens;
            }
        }

        return sum / tokens;
    }

    private static UserException Diverged(FormattableString found) =>
        new($"{found.ToString(CultureInfo.InvariantCulture)} Lower training.learningRate or training.clipNorm and start anew.");

    private void Save()
    {
        checkpoints.Save(state);
        savedAt = environment.Time.GetTimestamp();
    }

    private LogEntry Entry(double loss) => new()
    {
        Time = environment.Time.GetUtcNow(),
        Step = state.Step,
        Epoch = state.Epoch,
        Loss = loss,
    };
}
