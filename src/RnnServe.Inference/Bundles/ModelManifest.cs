using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace RnnServe.Inference.Bundles;

/// <summary>The content of a bundle's <c>model.json</c>: everything a loader must know before it opens a graph. Here is what bundles of all
/// kinds have; each kind adds a section of its own.</summary>
public abstract record ModelManifest
{
    /// <summary>The format that this version of the program writes.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The greatest priority; its negative is the least.</summary>
    public const int MostPriority = 1000;

    /// <summary>Version of the bundle format: <see cref="CurrentFormat"/>. Format 1, where what is the kind's section now stood among the
    /// other fields, is read too.</summary>
    [AllowedValues(1, CurrentFormat), JsonPropertyOrder(-1)]
    public required int FormatVersion { get; init; }

    /// <summary>Name of the model, also the name of the folder above the version's folder.</summary>
    [Required, JsonPropertyOrder(-1)]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", ErrorMessage = "letters, digits, '-', '_' and '.', the first a letter or digit")]
    public required string Name { get; init; }

    /// <summary>What the model does: the name of its kind, and of the kind's section.</summary>
    [Required, JsonPropertyOrder(-1)]
    public required string Task { get; init; }

    /// <summary>Languages that go in and come out.</summary>
    [JsonPropertyOrder(-1)]
    public required LanguagePair Languages { get; init; }

    /// <summary>One sentence for the list of models.</summary>
    [JsonPropertyOrder(-1)]
    public string? Description { get; init; }

    /// <summary>Licence of the weights, with the remark that the training data asks for.</summary>
    [JsonPropertyOrder(-1)]
    public string? Licence { get; init; }

    /// <summary>Of the models that fit a request which names none, the one with the greatest priority answers.</summary>
    [Range(-MostPriority, MostPriority), JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Priority { get; init; }

    /// <summary>The graphs of each precision.</summary>
    [JsonPropertyOrder(-1)]
    public required PrecisionSet Graphs { get; init; }

    /// <summary>Measured scores.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<MetricManifest> Metrics { get; init; } = [];

    /// <summary>Where the weights come from.</summary>
    [JsonPropertyOrder(1)]
    public TrainingManifest? Training { get; init; }

    /// <summary>Every file that the loader opens, with its hash and size.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<FileManifest> Files { get; init; }

    /// <summary>An input with its known answer, tried before the model serves.</summary>
    [JsonPropertyOrder(1)]
    public CanaryManifest? Canary { get; init; }

    /// <summary>Every path beside those of the graphs that the loader opens, with the field that names it.</summary>
    internal virtual IEnumerable<(string Field, string Path)> Paths => [];

    /// <summary>Checks what the fields must satisfy together; what one must satisfy alone is its attribute.</summary>
    /// <exception cref="StrictJsonException">The first field that breaks a rule.</exception>
    internal virtual void Check() => ManifestRules.Check(this);
}

/// <summary>BCP 47 codes of what goes in and comes out.</summary>
public sealed record LanguagePair
{
    /// <summary>Language of the input; null when it is no text.</summary>
    public string? Source { get; init; }

    /// <summary>Language of the output; null when it is no text.</summary>
    public string? Target { get; init; }
}

/// <summary>The graphs of each precision and which of them is served unless told otherwise.</summary>
public sealed record PrecisionSet
{
    /// <summary>Names of precisions: 32-bit floats, and 8-bit products.</summary>
    public const string FullName = "fp32", QuantizedName = "int8";

    /// <summary>The names of all precisions.</summary>
    internal static readonly string[] Names = [FullName, QuantizedName];

    /// <summary>Name of the precision that is served: <c>fp32</c> or <c>int8</c>.</summary>
    public required string Default { get; init; }

    /// <summary>Single-precision graphs (weights may be stored as fp16 and cast inside the graph).</summary>
    [JsonPropertyName("fp32")]
    public GraphFiles? Full { get; init; }

    /// <summary>8-bit graphs.</summary>
    [JsonPropertyName("int8")]
    public GraphFiles? Quantized { get; init; }

    /// <summary>The graphs of a precision; null where the bundle has none of that name.</summary>
    public GraphFiles? Of(string precision) => precision switch
    {
        FullName => Full,
        QuantizedName => Quantized,
        _ => null,
    };
}

/// <summary>Paths inside the bundle of one precision's graphs.</summary>
public sealed record GraphFiles
{
    /// <summary>Path of the encoder: of all there is, where nothing is decoded step by step.</summary>
    public required string Encoder { get; init; }

    /// <summary>Path of the decoder's step.</summary>
    public string? Decoder { get; init; }

    internal IEnumerable<string> All => Decoder is null ? [Encoder] : [Encoder, Decoder];
}

/// <summary>One file of the bundle, or of a package that it uses.</summary>
public sealed record FileManifest
{
    /// <summary>Path inside the bundle, with forward slashes; the name alone of a file of a package.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    [Required, RegularExpression("[0-9a-f]{64}", ErrorMessage = "64 lower-case hexadecimal digits")]
    public required string Sha256 { get; init; }

    /// <summary>Size in bytes.</summary>
    [Range(0.0, double.MaxValue)]
    public required long Bytes { get; init; }

    /// <summary>Name and version of the NuGet package that has the file, which lies beside the program then; null for a file of the
    /// bundle.</summary>
    [RegularExpression("[A-Za-z0-9._-]+ [0-9][A-Za-z0-9.+-]*", ErrorMessage = "name and version of a package")]
    public string? Package { get; init; }
}

/// <summary>An input and the answer that the bundle's defaults give for it.</summary>
public sealed record CanaryManifest
{
    /// <summary>What goes in: a text, or the path inside the bundle of an image.</summary>
    public required string Input { get; init; }

    /// <summary>What must come out in the default precision, character for character; null where <see cref="Answers"/> say it.</summary>
    public string? Expected { get; init; }

    /// <summary>What must come out in each precision, with its score.</summary>
    public CanaryAnswers? Answers { get; init; }
}

/// <summary>A canary's answers by precision; null for a precision that the bundle does not have.</summary>
public sealed record CanaryAnswers
{
    /// <summary>Of the single-precision graphs.</summary>
    [JsonPropertyName(PrecisionSet.FullName)]
    public CanaryAnswer? Full { get; init; }

    /// <summary>Of the 8-bit graphs.</summary>
    [JsonPropertyName(PrecisionSet.QuantizedName)]
    public CanaryAnswer? Quantized { get; init; }

    /// <summary>The answer in a precision.</summary>
    public CanaryAnswer? Of(string precision) => precision == PrecisionSet.QuantizedName ? Quantized : Full;
}

/// <summary>A recorded answer.</summary>
public sealed record CanaryAnswer
{
    /// <summary>What must come out, character for character.</summary>
    public required string Text { get; init; }

    /// <summary>Its score, length-normalised natural-log probability; another one tells of another graph although the text is the
    /// same.</summary>
    public required double Score { get; init; }
}

/// <summary>A measured score.</summary>
public sealed record MetricManifest
{
    /// <summary>What it was measured on, such as <c>multi30k test_2016_flickr</c>.</summary>
    public required string DataSet { get; init; }

    /// <summary>How, exactly enough to measure it again: a sacreBLEU signature and the search's options.</summary>
    public required string Method { get; init; }

    /// <summary>The score.</summary>
    public required double Value { get; init; }
}

/// <summary>Where the weights come from.</summary>
public sealed record TrainingManifest
{
    /// <summary>Name of the recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>Seed of every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What it was trained on.</summary>
    public required string Data { get; init; }

    /// <summary>Optimizer steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Day of the export, as in 2026-01-31.</summary>
    public required string Date { get; init; }

    /// <summary>Version of the trainer.</summary>
    public required string TrainerVersion { get; init; }
}
