using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>A text to learn from.</summary>
/// <param name="Tokens">One or more.</param>
/// <param name="Target">What each label should get: together the text's weight in the loss.</param>
internal readonly record struct TokenTarget(int[] Tokens, float[] Target);

/// <summary>Texts cut into batches of like lengths, as the inputs of a classifier's loss graph.</summary>
internal sealed class ClassifyBatches(IReadOnlyList<TokenTarget> train, IReadOnlyList<TokenTarget> validation) : IBatchSource
{
    private readonly (int, int)[] lengths = [.. train.Select(text => (text.Tokens.Length, 0))];

    /// <summary>Texts in a batch, at most.</summary>
    public int BatchSentences { get; init; } = 64;

    /// <summary>Gives each epoch its order.</summary>
    public ulong Seed { get; init; }

    /// <summary>The id that fills rows up.</summary>
    public int Pad { get; init; }

    public int Count(int epoch) => BatchPlan.Count(train.Count, BatchSentences);

    public IEnumerable<Batch> Epoch(int epoch, int skip) =>
        BatchPlan.Create(lengths, BatchSentences, new SeededRandom(Seed, (ulong)epoch))
            .Skip(skip)
            .Select(batch => Make([.. batch.Select(i => train[i])]));

    public IEnumerable<Batch> Validation() => Sorted(validation);

    /// <summary>Texts in batches, the shortest first.</summary>
    public IEnumerable<Batch> Sorted(IEnumerable<TokenTarget> texts) =>
        texts.OrderBy(text => text.Tokens.Length).Chunk(BatchSentences).Select(Make);

    /// <summary>Builds source [B, S] with its mask, and target [B, L].</summary>
    private Batch Make(TokenTarget[] texts)
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["source"] = TargetTensors.Ids([.. texts.Select(text => text.Tokens)], Pad),
            ["source_mask"] = TargetTensors.Mask([.. texts.Select(text => text.Tokens.Length)]),
            ["target"] = Tensor.Copy<float>([.. texts.SelectMany(text => text.Target)], texts.Length, texts[0].Target.Length),
        };
        return new Batch(inputs, texts.Length, texts.Length);
    }
}
