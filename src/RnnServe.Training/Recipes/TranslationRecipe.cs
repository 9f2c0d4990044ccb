using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Recipes;

/// <summary>How to train a translation model. Each property is a key of the JSON file, in camelCase, with its default and range.</summary>
internal sealed record TranslationRecipe
{
    /// <summary>Name of the bundle: lower-case letters, digits and hyphens.</summary>
    [Required, RegularExpression("[a-z0-9][a-z0-9-]{0,63}")]
    public string Name { get; init; } = "";

    /// <summary>What the model does; this recipe is for "translate".</summary>
    [Required, AllowedValues("translate")]
    public string Task { get; init; } = "";

    /// <summary>One sentence for the model card.</summary>
    public string Description { get; init; } = "";

    /// <summary>Terms under which the trained model may be used, the data's terms included.</summary>
    [Required]
    public string Licence { get; init; } = "";

    /// <summary>From which language into which.</summary>
    [Required]
    public LanguagePair Languages { get; init; } = new();

    /// <summary>The files to learn from.</summary>
    [Required]
    public DataSettings Data { get; init; } = new();

    /// <summary>How text becomes tokens.</summary>
    public TokenizerSettings Tokenizer { get; init; } = new();

    /// <summary>The network.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary>Share of values dropped in training, by place.</summary>
    public DropoutSettings Dropout { get; init; } = new();

    /// <summary>The optimization.</summary>
    public TrainingSettings Training { get; init; } = new();

    /// <summary>Defaults of the search, for validation and in the bundle.</summary>
    public DecodingSettings Decoding { get; init; } = new();
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

/// <summary>The files to learn from: plain text or .gz, one sentence a line, paths relative to the recipe.</summary>
internal sealed record DataSettings
{
    /// <summary>Training pairs.</summary>
    [Required]
    public FilePairs Train { get; init; } = new();

    /// <summary>Validation pairs: decide which weights are kept; never learnt from.</summary>
    [Required]
    public FilePair Validation { get; init; } = new();

    /// <summary>Further training pairs, such as back-translated ones.</summary>
    public ExtraFiles? Extra { get; init; }
}

/// <summary>Lists of files, aligned by position and by line.</summary>
internal record FilePairs
{
    /// <summary>Files in the source language.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<string> Source { get; init; } = [];

    /// <summary>Files in the target language.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<string> Target { get; init; } = [];
}

/// <summary>Further pairs that may end before the training does, so that it finishes on the genuine ones.</summary>
internal sealed record ExtraFiles : FilePairs
{
    /// <summary>Last epoch that uses them.</summary>
    [Range(1, 10_000)]
    public int UntilEpoch { get; init; } = 10_000;
}

/// <summary>Two files aligned by line.</summary>
internal sealed record FilePair
{
    /// <summary>File in the source language.</summary>
    [Required]
    public string Source { get; init; } = "";

    /// <summary>File in the target language.</summary>
    [Required]
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

    /// <summary>A tokenizer.json to use, for both languages, instead of learning one.</summary>
    public string? Path { get; init; }
}

/// <summary>Share of values dropped in training, by place.</summary>
internal sealed record DropoutSettings
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

/// <summary>Defaults of the beam search.</summary>
internal sealed record DecodingSettings
{
    /// <summary>Hypotheses kept per sentence; 1 is greedy.</summary>
    [Range(1, 16)]
    public int BeamSize { get; init; } = 5;

    /// <summary>Strength of the length normalisation (Wu et al. 2016, equation 14).</summary>
    [Range(0.0, 2.0)]
    public double LengthPenalty { get; init; } = 1.0;

    /// <summary>Most target tokens for one sentence.</summary>
    [Range(1, 512)]
    public int MaxLength { get; init; } = 128;
}
