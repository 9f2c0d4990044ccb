using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;
using RnnServe.Training.Decoding;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>How to train a translation model.</summary>
internal sealed record TranslationRecipe : Recipe
{
    /// <summary>The value of "task" that says that a recipe is of this kind.</summary>
    public const string TaskName = "translate";

    /// <summary>What the model does; this recipe is for "translate".</summary>
    [Required, AllowedValues(TaskName), JsonPropertyOrder(-3)]
    public override string Task { get; init; } = "";

    /// <summary>From which language into which.</summary>
    [Required]
    public LanguagePair Languages { get; init; } = new();

    /// <summary>The files to learn from.</summary>
    [Required]
    public DataSettings Data { get; init; } = new();

    /// <summary>How text becomes tokens.</summary>
    public TokenizerSettings Tokenizer { get; init; } = new();

    /// <summary>Folder of a training (task "translate") of the same network whose best weights and tokenizers are the start.</summary>
    public string? Start { get; init; }

    /// <summary>Training pairs as people type them.</summary>
    public AugmentationSettings? Augmentation { get; init; }

    /// <summary>The network.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary>Share of values dropped in training, by place.</summary>
    public DropoutSettings Dropout { get; init; } = new();

    /// <summary>Defaults of the search, for validation and in the bundle.</summary>
    [JsonPropertyOrder(2)]
    public TranslationDecodingSettings Decoding { get; init; } = new();

    public override void Check()
    {
        Training.Check(start: Start is not null, tokens: true);
        if (Model.ShareEmbeddings && !Tokenizer.Joint)
            throw new RecipeException("model.shareEmbeddings is true; it must be false when tokenizer.joint is false.");

        int memory = Model.EncoderHidden * (Model.Bidirectional ? 2 : 1);
        if (Model.Attention == AttentionKind.Dot && Model.Hidden != memory)
        {
            throw new RecipeException(
                $"model.hidden is {Model.Hidden}; with dot attention it must be the size of the encoder's outputs, {memory} "
                + "(model.encoderHidden, twice when model.bidirectional is true).");
        }
    }

    public override Recipe WithPaths(Func<string, string> change)
    {
        string[] All(IReadOnlyList<string> paths) => [.. paths.Select(change)];
        return this with
        {
            Data = Data with
            {
                Train = Data.Train with { Source = All(Data.Train.Source), Target = All(Data.Train.Target) },
                Validation = new FilePair { Source = change(Data.Validation.Source), Target = change(Data.Validation.Target) },
                Extra = Data.Extra is { } extra ? extra with { Source = All(extra.Source), Target = All(extra.Target) } : null,
            },
            Tokenizer = Tokenizer with { Path = Tokenizer.Path is { } path ? change(path) : null },
            Start = Start is { } start ? change(start) : null,
        };
    }
}

/// <summary>Defaults of the beam search for translations.</summary>
internal sealed record TranslationDecodingSettings : DecodingSettings
{
    /// <summary>Words that no translation contains, whatever their case; longer words that begin or end with one are allowed.</summary>
    [MaxLength(200), Words]
    public IReadOnlyList<string>? NeverProduce { get; init; }
}

/// <summary>A language pair as BCP 47 codes.</summary>
internal sealed record LanguagePair
{
    /// <summary>Language of the input.</summary>
    [Required, RegularExpression("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
    public string Source { get; init; } = "";

    /// <summary>Language of the output.</summary>
    [Required, RegularExpression("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
    public string Target { get; init; } = "";
}

/// <summary>How text becomes tokens: a vocabulary learnt from the training pairs, or one from a file.</summary>
internal sealed record TokenizerSettings
{
    /// <summary>Tokens to learn, the special ones included; per language unless joint.</summary>
    [Range(50, 200_000)]
    public int VocabularySize { get; init; } = 6000;

    /// <summary>One vocabulary for both languages.</summary>
    public bool Joint { get; init; } = true;

    /// <summary>Tokens that stand for what is copied; one that is not learnt must have as many.</summary>
    [Range(0, Inference.Text.Placeholders.Most), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Placeholders { get; init; }

    /// <summary>A tokenizer.json to use, for both languages, instead of learning one.</summary>
    public string? Path { get; init; }
}

/// <summary>Share of values dropped in training, by place.</summary>
internal sealed record DropoutSettings : IDecoderDropout
{
    /// <summary>Of the source and target embeddings.</summary>
    [Range(0, 0.95)]
    public double Embedding { get; init; } = 0.3;

    /// <summary>Of the outputs of the encoder's layers.</summary>
    [Range(0, 0.95)]
    public double Encoder { get; init; } = 0.3;

    /// <summary>Between the decoder's layers.</summary>
    [Range(0, 0.95)]
    public double Decoder { get; init; } = 0.3;

    /// <summary>Of the readout, before the logits.</summary>
    [Range(0, 0.95)]
    public double Readout { get; init; } = 0.3;
}
