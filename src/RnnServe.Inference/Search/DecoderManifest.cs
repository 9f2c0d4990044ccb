using System.ComponentModel.DataAnnotations;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Search;

/// <summary>What the decoder graph expects and gives.</summary>
public sealed record DecoderManifest
{
    /// <summary>Number of target tokens V; the target tokenizer has as many.</summary>
    [Range(2, int.MaxValue)]
    public required int VocabularySize { get; init; }

    /// <summary>The token that every sentence is started with; never produced.</summary>
    public required int StartId { get; init; }

    /// <summary>The token that ends a sentence.</summary>
    public required int EndId { get; init; }

    /// <summary>The filling token; never produced.</summary>
    public required int PadId { get; init; }

    /// <summary>The token for unknown characters; never produced. Null where the tokenizer has none.</summary>
    public int? UnknownId { get; init; }

    /// <summary>The recurrent state, in the order of the graph's inputs.</summary>
    [MinLength(1)]
    public required IReadOnlyList<StateManifest> States { get; init; }

    /// <summary>Whether the decoder attends to the encoder's memory; without it there are no memory, keys and mask.</summary>
    public required bool Attention { get; init; }

    /// <summary>Width M of the memory; 0 without attention.</summary>
    public int MemorySize { get; init; }

    /// <summary>Width A of the keys; 0 without attention.</summary>
    public int KeySize { get; init; }
}

/// <summary>One tensor of the recurrent state: input <c>name</c>, output <c>name_next</c>, encoder output <c>name_0</c>.</summary>
public sealed record StateManifest
{
    /// <summary>Name of the decoder's input.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Width H of a row.</summary>
    [Range(1, 1 << 20)]
    public required int Size { get; init; }
}

/// <summary>Defaults and limits of the search.</summary>
public sealed record DecodingManifest
{
    /// <summary>Hypotheses kept per sentence.</summary>
    public int BeamSize { get; init; } = 5;

    /// <summary>Strength α of the length penalty, 0 to 2.</summary>
    [Range(0.0, 2.0)]
    public float LengthPenalty { get; init; } = 1f;

    /// <summary>Strength β of the coverage penalty, 0 to 2.</summary>
    [Range(0.0, 2.0)]
    public float CoveragePenalty { get; init; }

    /// <summary>Most tokens of one sentence, its end token included; null: what is usual for the kind.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Words that no output contains, whatever their case; longer words that begin or end with one are allowed. Null: any word
    /// may come.</summary>
    [MaxLength(200), Words]
    public IReadOnlyList<string>? NeverProduce { get; init; }

    /// <summary>What a request may ask for at most.</summary>
    public DecodingLimits Limits { get; init; } = new();
}

/// <summary>What a request may ask for at most.</summary>
public sealed record DecodingLimits
{
    /// <summary>Widest beam.</summary>
    [Range(1, 64)]
    public int BeamSize { get; init; } = 16;

    /// <summary>Most tokens of one output sentence, its end token included.</summary>
    [Range(1, 4096)]
    public int MaxLength { get; init; } = 512;

    /// <summary>Most source tokens of one sentence, its end token included; longer sentences are cut into pieces at a word. Without
    /// meaning where no text goes in.</summary>
    [Range(2, 4096)]
    public int SourceLength { get; init; } = 256;
}
