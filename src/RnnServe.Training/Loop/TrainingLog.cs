using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Training.Loop;

/// <summary>One line of the log. A step has a gradient norm, a validation has a validation loss.</summary>
internal sealed record LogEntry
{
    public required DateTimeOffset Time { get; init; }

    public required long Step { get; init; }

    public required int Epoch { get; init; }

    /// <summary>Training loss per target token: of the batch, or in a validation's line of the whole epoch.</summary>
    public required double Loss { get; init; }

    /// <summary>Norm of all gradients together, before clipping.</summary>
    public double? GradientNorm { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>Validation loss per target token, without dropout and smoothing, of the averaged weights.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Validation score of the averaged weights; higher is better.</summary>
    public double? Score { get; init; }

    /// <summary>What the score is.</summary>
    public string? ScoreName { get; init; }

    /// <summary>Whether this validation is the best so far.</summary>
    public bool? Best { get; init; }
}

/// <summary>The log of a training as JSON lines, one object each; every line is on its way to the disk when the call returns.</summary>
internal sealed class TrainingLog : IDisposable
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly StreamWriter writer;

    /// <summary>Opens the log of a training that goes on from <paramref name="state"/>: what comes again is cut off.</summary>
    public TrainingLog(string path, TrainingState state)
    {
        // The validation after an epoch comes again when the training ended before it had saved the next epoch's start.
        bool ComesAgain(LogEntry entry) => entry.Step > state.Step
            || (entry.ValidationLoss is not null && entry.Epoch == state.Epoch && !state.Finished);
        LogEntry[] kept = state.Step > 0 && File.Exists(path) ? [.. Read(path).Where(entry => !ComesAgain(entry))] : [];
        string temporary = path + ".tmp";
        File.WriteAllLines(temporary, kept.Select(entry => JsonSerializer.Serialize(entry, Options)));
        File.Move(temporary, path, overwrite: true);
        writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>Reads a log. A last line that was cut off by a crash is left out.</summary>
    public static IReadOnlyList<LogEntry> Read(string path)
    {
        var entries = new List<LogEntry>();
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize<LogEntry>(line, Options)!);
            }
            catch (JsonException)
            {
                break;
            }
        }

        return entries;
    }

    public void Write(LogEntry entry) => writer.WriteLine(JsonSerializer.Serialize(entry, Options));

    public void Dispose() => writer.Dispose();
}
