using System.ComponentModel.DataAnnotations;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>How the decoder gets to know the photo.</summary>
internal enum CaptionDecoderKind
{
    /// <summary>It looks at the grid's cells for each word (Xu et al. 2015).</summary>
    ShowAttendTell,

    /// <summary>The photo is its first input, once (Vinyals et al. 2015).</summary>
    ShowTell,
}

/// <summary>The network behind the CNN.</summary>
internal sealed record CaptionModelSettings : IDecoderSettings
{
    /// <summary>How the decoder gets to know the photo.</summary>
    public CaptionDecoderKind Decoder { get; init; }

    /// <summary>The recurrent cell of the decoder.</summary>
    public CellKind Cell { get; init; } = CellKind.Gru;

    /// <summary>How the decoder looks at the grid; show_attend_tell only, and not none.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Additive;

    /// <summary>Size of a token's embedding.</summary>
    [Range(1, 4096)]
    public int Embedding { get; init; } = 300;

    /// <summary>Size of the decoder's state.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 512;

    /// <summary>Size of the attention's keys; additive attention only.</summary>
    [Range(1, 4096)]
    public int AttentionSize { get; init; } = 512;

    /// <summary>Size of a cell's memory, projected from the CNN's features; show_attend_tell only.</summary>
    [Range(1, 4096)]
    public int Memory { get; init; } = 512;

    /// <summary>Whether the readout is normalised (Ba et al. 2016); the projected features always are.</summary>
    public bool LayerNormalisation { get; init; }

    /// <summary>Whether the logits use the embeddings as their weights (Press and Wolf 2017).</summary>
    public bool TieEmbeddings { get; init; } = true;
}

/// <summary>Share of values dropped in training of a captioning model, by place.</summary>
internal sealed record CaptionDropoutSettings : IDecoderDropout
{
    /// <summary>Of the embeddings.</summary>
    [Range(0, 0.95)]
    public double Embedding { get; init; } = 0.5;

    /// <summary>Of the projected features.</summary>
    [Range(0, 0.95)]
    public double Memory { get; init; } = 0.5;

    /// <summary>Between the decoder's layers.</summary>
    [Range(0, 0.95)]
    public double Decoder { get; init; } = 0.5;

    /// <summary>Of the readout, before the logits.</summary>
    [Range(0, 0.95)]
    public double Readout { get; init; } = 0.5;
}
