using System.ComponentModel.DataAnnotations;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The network: a recurrent encoder and a recurrent decoder.</summary>
internal sealed record ModelSettings : IDecoderSettings
{
    /// <summary>The recurrent cell of encoder and decoder.</summary>
    public CellKind Cell { get; init; } = CellKind.Gru;

    /// <summary>How the decoder looks at the source.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Additive;

    /// <summary>Size of a token's embedding.</summary>
    [Range(1, 4096)]
    public int Embedding { get; init; } = 384;

    /// <summary>Size of the decoder's state.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 512;

    /// <summary>Size of the attention's keys; additive attention only.</summary>
    [Range(1, 4096)]
    public int AttentionSize { get; init; } = 512;

    /// <summary>Size of the encoder's state, per direction.</summary>
    [Range(1, 4096)]
    public int EncoderHidden { get; init; } = 256;

    /// <summary>Stacked recurrent layers of the encoder.</summary>
    [Range(1, 8)]
    public int EncoderLayers { get; init; } = 2;

    /// <summary>Whether the encoder also reads backwards.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>Whether outputs of layers are normalised (Ba et al. 2016).</summary>
    public bool LayerNormalisation { get; init; }

    /// <summary>Whether the logits use the target embeddings as their weights (Press and Wolf 2017).</summary>
    public bool TieEmbeddings { get; init; } = true;

    /// <summary>Whether source and target share one embedding table; needs a joint tokenizer.</summary>
    public bool ShareEmbeddings { get; init; } = true;
}
