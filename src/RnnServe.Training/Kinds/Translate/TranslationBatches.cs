using RnnServe.Training.Data;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>One sentence pair as token ids, without start and end tokens.</summary>
internal readonly record struct TokenPair(int[] Source, int[] Target);

/// <summary>Further pairs for the first epochs, such as back-translated ones.</summary>
internal sealed record ExtraPairs(IReadOnlyList<TokenPair> Pairs, int UntilEpoch);

/// <summary>Sentence pairs cut into batches of like lengths, as the inputs of a translation model's loss graph.</summary>
internal sealed class TranslationBatches : IBatchSource
{
    private readonly IReadOnlyList<TokenPair> validation;
    private readonly IReadOnlyList<TokenPair> train;
    private readonly IReadOnlyList<TokenPair> trainAndExtra;
    private readonly int extraUntilEpoch;

    public TranslationBatches(IReadOnlyList<TokenPair> train, IReadOnlyList<TokenPair> validation, ExtraPairs? extra = null)
    {
        this.train = train;
        this.validation = validation;
        extraUntilEpoch = extra?.UntilEpoch ?? 0;
        trainAndExtra = extra is null ? train : [.. train, .. extra.Pairs];
    }

    /// <summary>Sentences in a batch, at most.</summary>
    public int BatchSentences { get; init; } = 64;

    /// <summary>Tokens in a batch, at most; 0: sentences are counted.</summary>
    public int BatchTokens { get; init; }

    /// <summary>Gives each epoch its order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gives the training pairs as an epoch sees them, in their order; null: as they are.</summary>
    public AugmentedTokens? Augmented { get; init; }

    public SpecialTokens Tokens { get; init; } = new();

    public int Count(int epoch) =>
        BatchTokens == 0 ? BatchPlan.Count(PairsOf(epoch).Count, BatchSentences) : Plan(epoch).Count;

    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        var plain = PairsOf(epoch);
        IReadOnlyList<TokenPair> pairs = Augmented is null ? plain : [.. Augmented.Epoch(epoch), .. plain.Skip(train.Count)];
        return Plan(epoch).Skip(skip).Select(batch => Make([.. batch.Select(i => pairs[i])]));
    }

    public IEnumerable<Batch> Validation() => validation
        .OrderBy(p => (p.Target.Length, p.Source.Length))
        .Chunk(BatchSentences)
        .Select(Make);

    private IReadOnlyList<TokenPair> PairsOf(int epoch) => epoch <= extraUntilEpoch ? trainAndExtra : train;

    private IReadOnlyList<int[]> Plan(int epoch)
    {
        var plain = PairsOf(epoch);
        (int, int) Length(int i) => Augmented is not null && i < train.Count
            ? Augmented.LengthOf(epoch, i)
            : (plain[i].Target.Length, plain[i].Source.Length);
        return BatchPlan.Create(
            [.. Enumerable.Range(0, plain.Count).Select(Length)], new(BatchSentences, BatchTokens), new SeededRandom(Seed, (ulong)epoch));
    }

    /// <summary>Builds source [B,S] with its mask, target_in and target_out [B,T] with theirs.</summary>
    private Batch Make(TokenPair[] pairs)
    {
        var inputs = TargetTensors.Create([.. pairs.Select(p => p.Target)], Tokens);
        inputs["source"] = TargetTensors.Ids([.. pairs.Select(p => (int[])[.. p.Source, Tokens.End])], Tokens.Pad);
        inputs["source_mask"] = TargetTensors.Mask([.. pairs.Select(p => p.Source.Length + 1)]);
        return new Batch(inputs, pairs.Length, pairs.Sum(p => p.Target.Length + 1));
    }
}
