using System.ComponentModel.DataAnnotations;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>The language of the texts, a BCP 47 code.</summary>
internal sealed record ClassifyLanguage
{
    /// <summary>Language of the texts.</summary>
    [Required, RegularExpression("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
    public string Source { get; init; } = "";
}

/// <summary>One of the labels.</summary>
internal sealed record LabelSettings
{
    private readonly IReadOnlyList<string> values = [];

    /// <summary>The label as the model answers it.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>What stands for it in the data, else its name; what stands for two labels is half of each, and not validated.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Values
    {
        get => values.Count > 0 ? values : [Name];
        init => values = value;
    }
}

/// <summary>What a text's tokens are.</summary>
internal enum TextTokens
{
    /// <summary>Words, parts of contractions and signs; rare ones are unknown.</summary>
    Words,

    /// <summary>Pieces of words that byte-pair encoding learns.</summary>
    Bpe,
}

/// <summary>How text becomes tokens: lower-cased, then cut.</summary>
internal sealed record ClassifyTokenizerSettings
{
    /// <summary>What a token is.</summary>
    public TextTokens Kind { get; init; }

    /// <summary>Words that occur less often in the training texts are unknown; words only.</summary>
    [Range(1, 1_000_000)]
    public int MinimumCount { get; init; } = 2;

    /// <summary>Tokens to learn, the special ones included; BPE only.</summary>
    [Range(50, 200_000)]
    public int VocabularySize { get; init; } = 8000;

    /// <summary>A tokenizer.json to use instead of learning one.</summary>
    public string? Path { get; init; }
}

/// <summary>How the outputs for all tokens become one vector.</summary>
internal enum Pooling
{
    /// <summary>Their sum, weighted by v · tanh(W h + b) under a softmax (Yang et al. 2016, with one vector for all texts).</summary>
    Attention,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The last state; of both directions, if there are two.</summary>
    Last,
}

/// <summary>The network: recurrent layers over the tokens, then one output for each label.</summary>
internal sealed record ClassifyModelSettings
{
    /// <summary>The recurrent cell.</summary>
    public CellKind Cell { get; init; } = CellKind.Gru;

    /// <summary>Size of a token's embedding.</summary>
    [Range(1, 4096)]
    public int Embedding { get; init; } = 300;

    /// <summary>Size of a layer's state, per direction.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 200;

    /// <summary>Stacked recurrent layers.</summary>
    [Range(1, 8)]
    public int Layers { get; init; } = 1;

    /// <summary>Whether each layer also reads backwards.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>How the outputs for all tokens become one vector.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Size of W h + b; attention only.</summary>
    [Range(1, 4096)]
    public int AttentionSize { get; init; } = 100;
}

/// <summary>Share of values dropped in training, by place.</summary>
internal sealed record ClassifyDropoutSettings
{
    /// <summary>Of whole tokens.</summary>
    [Range(0, 0.95)]
    public double Tokens { get; init; }

    /// <summary>Of the embeddings' numbers.</summary>
    [Range(0, 0.95)]
    public double Embedding { get; init; } = 0.5;

    /// <summary>Between the layers.</summary>
    [Range(0, 0.95)]
    public double Layers { get; init; } = 0.3;

    /// <summary>Of the vector before the outputs.</summary>
    [Range(0, 0.95)]
    public double Output { get; init; } = 0.5;
}
