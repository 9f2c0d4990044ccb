using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Training.Decoding;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>How to train a captioning model.</summary>
internal sealed record CaptionRecipe : Recipe
{
    /// <summary>The value of "task" that says that a recipe is of this kind.</summary>
    public const string TaskName = "caption";

    /// <summary>What the model does; this recipe is for "caption".</summary>
    [Required, AllowedValues(TaskName), JsonPropertyOrder(-3)]
    public override string Task { get; init; } = "";

    /// <summary>Language of the captions, a BCP 47 code.</summary>
    [Required, RegularExpression("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
    public string Language { get; init; } = "";

    /// <summary>The photos and captions to learn from.</summary>
    [Required]
    public CaptionDataSettings Data { get; init; } = new();

    /// <summary>How captions become tokens.</summary>
    public CaptionTokenizerSettings Tokenizer { get; init; } = new();

    /// <summary>The CNN that sees the photos.</summary>
    [Required]
    public BackboneSettings Backbone { get; init; } = new();

    /// <summary>The network behind the CNN.</summary>
    public CaptionModelSettings Model { get; init; } = new();

    /// <summary>Share of values dropped in training, by place.</summary>
    public CaptionDropoutSettings Dropout { get; init; } = new();

    /// <summary>Weight of λ Σ (1 - Σ attention)², which asks that each cell be looked at (Xu et al. 2015, equation 14); 0 turns it
    /// off.</summary>
    [Range(0.0, 100.0)]
    public double DoublyStochastic { get; init; } = 0.5;

    /// <summary>Folder of a training (task "caption") of the same network whose best weights and tokenizer are the start.</summary>
    public string? Start { get; init; }

    /// <summary>Trains the CNN too, together with the decoder that "start" names.</summary>
    public FineTuneSettings? FineTune { get; init; }

    /// <summary>Learns from scores of the model's own captions, starting from "start" (Rennie et al. 2017).</summary>
    public SelfCriticalSettings? SelfCritical { get; init; }

    /// <summary>Defaults of the search, for validation and in the bundle.</summary>
    [JsonPropertyOrder(2)]
    public CaptionDecodingSettings Decoding { get; init; } = new();

    /// <summary>A photo whose caption the bundle's loader checks; without it a drawing made by the exporter.</summary>
    [JsonPropertyOrder(3)]
    public string? Canary { get; init; }

    public override void Check()
    {
        Training.Check(start: Start is not null);
        Backbone.Check();
        if (FineTune is not null && Start is null)
            throw new RecipeException("start is missing; with fineTune it must name the training whose decoder goes on.");
        if (FineTune is not null && Backbone.Path is null)
            throw new RecipeException("backbone.path is missing; with fineTune it must be the export of fineTune.network.");
        if (SelfCritical is { } selfCritical)
            CheckSelfCritical(selfCritical);
        if (Model.Decoder == CaptionDecoderKind.ShowTell)
            return;
        if (Model.Attention == AttentionKind.None)
            throw new RecipeException("model.attention is \"none\"; with model.decoder \"show_attend_tell\" it must be another.");
        if (Model.Attention == AttentionKind.Dot && Model.Hidden != Model.Memory)
            throw new RecipeException($"model.hidden is {Model.Hidden}; with dot attention it must be model.memory, {Model.Memory}.");
    }

    public override Recipe WithPaths(Func<string, string> change) => this with
    {
        Data = Data with
        {
            Images = change(Data.Images),
            Captions = change(Data.Captions),
            Train = change(Data.Train),
            Validation = change(Data.Validation),
        },
        Tokenizer = Tokenizer with { Path = Tokenizer.Path is { } tokenizer ? change(tokenizer) : null },
        Backbone = Backbone with { Path = Backbone.Path is { } cnn ? change(cnn) : null },
        Start = Start is { } start ? change(start) : null,
        FineTune = FineTune is { } tune ? tune with { Network = change(tune.Network) } : null,
        Canary = Canary is { } canary ? change(canary) : null,
    };

    private void CheckSelfCritical(SelfCriticalSettings settings)
    {
        if (Start is null)
            throw new RecipeException("start is missing; with selfCritical it must name a training that has learnt from captions.");
        if (FineTune is not null)
            throw new RecipeException("fineTune and selfCritical cannot be in one recipe; train one stage after the other.");
        if (Training.BatchSentences < settings.Hypotheses)
            throw new RecipeException($"training.batchSentences is {Training.BatchSentences}; it must be selfCritical.hypotheses, "
                + $"{settings.Hypotheses}, or more.");

        // Both would be weighted by rewards, which may be negative.
        if (Training.LabelSmoothing > 0)
            throw new RecipeException(Invariant($"training.labelSmoothing is {Training.LabelSmoothing}; with selfCritical it must be 0."));
        if (DoublyStochastic > 0 && Model.Decoder == CaptionDecoderKind.ShowAttendTell)
            throw new RecipeException(Invariant($"doublyStochastic is {DoublyStochastic}; with selfCritical it must be 0."));
    }
}

/// <summary>The photos and captions to learn from; paths relative to the recipe.</summary>
internal sealed record CaptionDataSettings
{
    /// <summary>Folder of the photos.</summary>
    [Required]
    public string Images { get; init; } = "";

    /// <summary>Captions, plain or .gz: lines of the photo's file name, '#', a number, a tab, the caption.</summary>
    [Required]
    public string Captions { get; init; } = "";

    /// <summary>File names of the photos to learn from, one a line.</summary>
    [Required]
    public string Train { get; init; } = "";

    /// <summary>File names of the photos that decide which weights are kept; never learnt from.</summary>
    [Required]
    public string Validation { get; init; } = "";

    /// <summary>Whether a photo is learnt mirrored in half of the epochs; wrong where captions tell left from right.</summary>
    public bool Mirror { get; init; } = true;
}

/// <summary>What a caption's tokens are.</summary>
internal enum CaptionTokens
{
    /// <summary>Whole words; rare ones are unknown.</summary>
    Words,

    /// <summary>Pieces of words that byte-pair encoding learns.</summary>
    Bpe,
}

/// <summary>How captions become tokens: lower-cased and without punctuation, then cut.</summary>
internal sealed record CaptionTokenizerSettings
{
    /// <summary>What a token is.</summary>
    public CaptionTokens Kind { get; init; }

    /// <summary>Words that occur less often in the training captions are unknown; words only.</summary>
    [Range(1, 1_000_000)]
    public int MinimumCount { get; init; } = 4;

    /// <summary>Tokens to learn, the special ones included; BPE only.</summary>
    [Range(50, 200_000)]
    public int VocabularySize { get; init; } = 4000;

    /// <summary>A tokenizer.json to use instead of learning one.</summary>
    public string? Path { get; init; }
}

/// <summary>Defaults of the beam search for captions, which are short.</summary>
internal sealed record CaptionDecodingSettings : DecodingSettings
{
    public CaptionDecodingSettings() => (BeamSize, LengthPenalty, MaxLength) = (4, 0.6, 30);
}
