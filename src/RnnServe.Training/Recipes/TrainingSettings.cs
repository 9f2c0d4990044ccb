using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Recipes;

/// <summary>The optimization: Adam with warm-up and decay over batches of like lengths.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Passes over the training pairs.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 30;

    /// <summary>Sentences in a batch; photos where photos are learnt from; with selfCritical the hypotheses of batchSentences / hypotheses
    /// photos.</summary>
    [Range(1, 4096)]
    public int BatchSentences { get; init; } = 192;

    /// <summary>Tokens in a batch, of the longer side and with padding, so that batches of short sentences have more of them; 0: sentences
    /// are counted, by batchSentences. For translators only.</summary>
    [Range(0, 10_000_000), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int BatchTokens { get; init; }

    /// <summary>Learning rate at the end of the warm-up.</summary>
    [Range(1e-8, 10.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps from a learning rate near 0 to the full one.</summary>
    [Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; } = 400;

    /// <summary>How the learning rate falls after the warm-up.</summary>
    public Decay Decay { get; init; } = Decay.Linear;

    /// <summary>Adam's decay of the mean gradient.</summary>
    [Range(0, 0.9999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the mean squared gradient.</summary>
    [Range(0, 0.999999)]
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Adam's guard against division by zero.</summary>
    [Range(1e-16, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Probability mass spread over the wrong tokens of the target.</summary>
    [Range(0, 0.9)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Greatest norm of all gradients together; 0 turns clipping off.</summary>
    [Range(0.0, 1e6)]
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Decay of the moving average of the weights, which is validated and exported; 0 turns averaging off.</summary>
    [Range(0, 0.999999)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Whether the average soon forgets the weights that training began with; false, for recipes with "start" only, keeps a share
    /// of them.</summary>
    public bool EmaWarmUp { get; init; } = true;

    /// <summary>Where all randomness starts; the same seed and as many threads give the same weights.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Longest sentence in tokens, on either side; pairs with a longer one are left out.</summary>
    [Range(1, 10_000)]
    public int MaxLength { get; init; } = 100;

    /// <summary>Epochs between validations.</summary>
    [Range(1, 1000)]
    public int ValidateEvery { get; init; } = 1;

    /// <summary>Validations without a better score after which training stops; 0 never stops early.</summary>
    [Range(0, 1000)]
    public int EarlyStopping { get; init; }

    /// <summary>Minutes between checkpoints within an epoch; one is also written after each epoch.</summary>
    [Range(0.01, 1440.0)]
    public double CheckpointMinutes { get; init; } = 10;

    /// <summary>Gigabytes that the tensors of a step may take, about: a batch that takes more is run in parts, whose gradients are
    /// added.</summary>
    [Range(0.001, 100_000)]
    public double MemoryGb { get; init; } = 1;

    /// <summary>Threads of the graph's operators; 0 is one per core. Another count gives other last bits.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>What runs the graph's operators; cuda, an NVIDIA GPU, needs a build with
    /// -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ExecutionProvider Provider { get; init; }

    /// <summary>How the training's graphs are run.</summary>
    public ExecutionOptions Execution() =>
        new() { IntraOpThreads = Threads == 0 ? Environment.ProcessorCount : Threads, Provider = Provider };

    /// <summary>The rules that depend on the rest of the recipe.</summary>
    /// <param name="start">Whether the first weights were trained before.</param>
    /// <param name="tokens">Whether batches may be counted in tokens.</param>
    /// <exception cref="RecipeException">Random weights would be kept, or a key means nothing for the kind.</exception>
    public void Check(bool start, bool tokens = false)
    {
        if (BatchTokens > 0 && !tokens)
        {
            throw new RecipeException($"training.batchTokens is {BatchTokens}; it must be 0 for this task, whose batches batchSentences "
                + "counts.");
        }

        if (!EmaWarmUp && !start)
            throw new RecipeException("training.emaWarmUp is false; without start it must be true, or the average keeps a share of random "
                + "weights.");
    }
}
