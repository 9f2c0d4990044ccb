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

    /// <summary>Gives each epoch its order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gives the training pairs as an epoch sees them, in their order; null: as they are.</summary>
    public Func<int, TokenPair[]>? Augmented { get; init; }

    public SpecialTokens Tokens { get; init; } = new();

    public int Count(int epoch) => BatchPlan.Count(PairsOf(epoch).Count, BatchSentences);

    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        var pairs = AugmentedPairsOf(epoch);
        (int, int)[] lengths = [.. pairs.Select(p => (p.Target.Length, p.Source.Length))];
        return BatchPlan.Create(lengths, BatchSentences, new SeededRandom(Seed, (ulong)epoch))
            .Skip(skip)
            .Select(batch => Make([.. batch.Select(i => pairs[i])]));
    }

    public IEnumerable<Batch> Validation() => validation
        .OrderBy(p => (p.Target.Length, p.Source.Length))
        .Chunk(BatchSentences)
        .Select(Make);

    private IReadOnlyList<TokenPair> PairsOf(int epoch) => epoch <= extraUntilEpoch ? trainAndExtra : train;

    private IReadOnlyList<TokenPair> AugmentedPairsOf(int epoch)
    {
        var plain = PairsOf(epoch);
        return Augmented is null ? plain : [.. Augmented(epoch), .. plain.Skip(train.Count)];
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
