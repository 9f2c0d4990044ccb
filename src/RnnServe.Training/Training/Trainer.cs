using System.Globalization;
using RnnServe.Training.Data;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training;

/// <summary>What a training works with besides model and data.</summary>
internal sealed record TrainerEnvironment
{
    /// <summary>Where checkpoints and log are kept.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Hash of the recipe, by which a resumed training knows its checkpoints.</summary>
    public required string RecipeHash { get; init; }

    public required ProgressReport Progress { get; init; }

    /// <summary>Scores the model by BLEU; without it the validation loss decides.</summary>
    public IValidation? Validation { get; init; }

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

/// <summary>
/// The training loop. All that decides its course is in the checkpoint or a pure function of seed, epoch and step: a training that was
/// killed at any moment and resumed ends with the same bits.
/// </summary>
internal sealed class Trainer : IDisposable
{
    private const int StepsPerLogLine = 10;

    private readonly ILossGraph _graph;
    private readonly IBatchSource _batches;
    private readonly TrainingSettings _settings;
    private readonly TrainerEnvironment _environment;
    private readonly Adam _adam;
    private readonly MovingAverage _average;
    private readonly Checkpoints _checkpoints;
    private readonly LearningRate _learningRate;
    private TrainingState _state = new();
    private long _savedAt;

    /// <summary>Prepares a training; graph and batches stay the caller's.</summary>
    public Trainer(ILossGraph graph, IBatchSource batches, TrainingSettings settings, TrainerEnvironment environment)
    {
        (_graph, _batches, _settings, _environment) = (graph, batches, settings, environment);
        _adam = new Adam(graph.Parameters, new AdamSettings(settings.Beta1, settings.Beta2, settings.Epsilon));
        _average = new MovingAverage(graph.Parameters, settings.EmaDecay);
        _checkpoints = new Checkpoints(environment.Folder, environment.RecipeHash, graph.Parameters, _adam, _average);
        long steps = Enumerable.Range(1, settings.Epochs).Sum(epoch => (long)batches.Count(epoch));
        _learningRate = new LearningRate(settings.LearningRate, settings.WarmUpSteps, settings.Decay, steps);
    }

    /// <summary>Trains to the end, or until <paramref name="stop"/> asks to stop.</summary>
    /// <param name="resume">Whether to go on from the newest checkpoint.</param>
    /// <param name="stop">Checked after each step; a checkpoint is written before the method returns.</param>
    /// <exception cref="UserException">The loss is no longer a number, or there is nothing to resume.</exception>
    public TrainingOutcome Run(bool resume, CancellationToken stop)
    {
        var progress = _environment.Progress;
        if (resume)
        {
            _state = _checkpoints.Restore(progress.Say);
            progress.Say($"Resuming at epoch {_state.Epoch}, step {_state.Step}.");
        }

        using var log = new TrainingLog(_environment.Folder.Log, _state);
        progress.Start(_settings.Epochs, _learningRate.TotalSteps, _state.Step);
        _savedAt = _environment.Time.GetTimestamp();
        while (!_state.Finished)
        {
            if (!TrainEpoch(log, stop))
                return TrainingOutcome.Interrupted;
            FinishEpoch(log);
        }

        return _state.Epoch > _settings.Epochs ? TrainingOutcome.Finished : TrainingOutcome.StoppedEarly;
    }

    public void Dispose()
    {
        _adam.Dispose();
        _average.Dispose();
    }

    /// <returns>Whether the epoch was done, not stopped.</returns>
    private bool TrainEpoch(TrainingLog log, CancellationToken stop)
    {
        foreach (var batch in _batches.Epoch(_state.Epoch, _state.BatchInEpoch))
        {
            using (batch)
                Step(batch, log);

            bool due = _environment.Time.GetElapsedTime(_savedAt) >= TimeSpan.FromMinutes(_settings.CheckpointMinutes);
            if (due || stop.IsCancellationRequested)
                Save();
            if (stop.IsCancellationRequested)
                return false;
        }

        return true;
    }

    private void Step(Batch batch, TrainingLog log)
    {
        long step = _state.Step + 1;
        double loss = _graph.ForwardBackward(batch, SeededRandom.SeedOf((ulong)_settings.Seed, (ulong)step));
        double norm = GradientClipping.Norm(_graph.Parameters);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
            throw Diverged(string.Create(CultureInfo.InvariantCulture, $"Step {step} (epoch {_state.Epoch}) has loss {loss} and gradient norm {norm}."));

        double learningRate = _learningRate.At(step);
        _adam.Step(step, learningRate, GradientClipping.Scale(norm, _settings.ClipNorm));
        _average.Update(step);
        _state = _state with
        {
            Step = step,
            BatchInEpoch = _state.BatchInEpoch + 1,
            EpochLoss = _state.EpochLoss + loss,
            EpochTokens = _state.EpochTokens + batch.TargetTokens,
        };
        _environment.Progress.Step(new StepReport(_state.Epoch, step, loss, batch.TargetTokens, norm));
        if (step % StepsPerLogLine == 0)
            log.Write(Entry(loss / batch.TargetTokens) with { GradientNorm = norm, LearningRate = learningRate });
    }

    private void FinishEpoch(TrainingLog log)
    {
        bool last = _state.Epoch == _settings.Epochs;
        bool patienceIsOver = false;
        if (last || _state.Epoch % _settings.ValidateEvery == 0)
        {
            Validate(log);
            patienceIsOver = _settings.EarlyStopping > 0 && _state.WithoutProgress >= _settings.EarlyStopping;
        }

        bool stopEarly = patienceIsOver && !last;
        _state = _state with
        {
            Epoch = stopEarly ? _state.Epoch : _state.Epoch + 1,
            BatchInEpoch = stopEarly ? _state.BatchInEpoch : 0,
            EpochLoss = 0,
            EpochTokens = 0,
            Finished = last || stopEarly,
        };
        Save();
    }

    /// <summary>Validates the averaged weights and keeps them when they are the best so far.</summary>
    private void Validate(TrainingLog log)
    {
        _average.Swap();
        double loss;
        double? bleu;
        try
        {
            loss = ValidationLoss();
            bleu = _environment.Validation?.Bleu(_graph.Parameters);
        }
        finally
        {
            _average.Swap();
        }

        if (!double.IsFinite(loss))
            throw Diverged(string.Create(CultureInfo.InvariantCulture, $"After step {_state.Step} (epoch {_state.Epoch}) the validation loss is {loss}."));

        double score = bleu ?? -loss;
        bool best = _state.BestScore is not { } previous || score > previous;
        _state = _state with { BestScore = best ? score : _state.BestScore, WithoutProgress = best ? 0 : _state.WithoutProgress + 1 };
        if (best)
            _checkpoints.SaveBest(_state);

        double trainLoss = _state.EpochLoss / _state.EpochTokens;
        log.Write(Entry(trainLoss) with { ValidationLoss = loss, Bleu = bleu, Best = best });
        string written = bleu is { } value ? string.Create(CultureInfo.InvariantCulture, $"  BLEU {value:F2}") : "";
        _environment.Progress.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {_state.Epoch}: training loss {trainLoss:F3}, validation loss {loss:F3}, perplexity {Math.Exp(loss):F2}{written}{(best ? "  (best)" : "")}"));
    }

    private double ValidationLoss()
    {
        double sum = 0;
        long tokens = 0;
        foreach (var batch in _batches.Validation())
        {
            using (batch)
            {
                sum += _graph.Loss(batch);
                tokens += batch.TargetTokens;
            }
        }

        return sum / tokens;
    }

    private static UserException Diverged(string found) =>
        new($"{found} Lower training.learningRate or training.clipNorm and start anew.");

    private void Save()
    {
        _checkpoints.Save(_state);
        _savedAt = _environment.Time.GetTimestamp();
    }

    private LogEntry Entry(double loss) => new()
    {
        Time = _environment.Time.GetUtcNow(),
        Step = _state.Step,
        Epoch = _state.Epoch,
        Loss = loss,
    };
}
