namespace RnnServe.Training.Recipes;

/// <summary>The recurrent cell.</summary>
internal enum CellKind
{
    /// <summary>Gated recurrent unit, reset gate after the recurrent product (as cuDNN computes it).</summary>
    Gru,

    /// <summary>Gated recurrent unit, reset gate before the recurrent product (Cho et al. 2014).</summary>
    GruResetBefore,

    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997; with forget gate).</summary>
    Lstm,

    /// <summary>A plain tanh recurrence (Elman 1990).</summary>
    Rnn,
}

/// <summary>How the decoder looks at the source.</summary>
internal enum AttentionKind
{
    /// <summary>v · tanh(W q + U k) (Bahdanau et al. 2015).</summary>
    Additive,

    /// <summary>q · k (Luong et al. 2015).</summary>
    Dot,

    /// <summary>q · W k (Luong et al. 2015).</summary>
    General,

    /// <summary>Not at all: the decoder starts from the encoder's last state (Sutskever et al. 2014).</summary>
    None,
}

/// <summary>Kind and sizes of the recurrent decoder, whatever it describes.</summary>
internal interface IDecoderSettings
{
    CellKind Cell { get; }

    AttentionKind Attention { get; }

    int Embedding { get; }

    int Hidden { get; }

    int AttentionSize { get; }

    bool LayerNormalisation { get; }

    bool TieEmbeddings { get; }
}

/// <summary>Share of values dropped in the decoder's training, by place.</summary>
internal interface IDecoderDropout
{
    double Embedding { get; }

    double Decoder { get; }

    double Readout { get; }
}
