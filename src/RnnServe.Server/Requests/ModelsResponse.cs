using System.ComponentModel.DataAnnotations;

namespace RnnServe.Server.Requests;

/// <summary>All models of this server.</summary>
public sealed record ModelsResponse
{
    /// <summary>The models, sorted by name.</summary>
    public required IReadOnlyList<ModelBody> Models { get; init; }
}

/// <summary>One model and its state.</summary>
public sealed record ModelBody
{
    /// <summary>Name of the model.</summary>
    /// <example>multi30k-en-de</example>
    public required string Name { get; init; }

    /// <summary>The version that answers or, of a failed model, the highest that was tried.</summary>
    /// <example>"1"</example>
    public string? Version { get; init; }

    /// <summary>loading, ready or failed.</summary>
    /// <example>ready</example>
    [AllowedValues("loading", "ready", "failed")]
    public required string State { get; init; }

    /// <summary>What is wrong: with the model when it failed, with a higher version when an older one answers.</summary>
    /// <example>Version 2: encoder.onnx: found 1024 bytes, expected 2048 bytes.</example>
    public string? Reason { get; init; }

    /// <summary>What the model does: translate texts or caption images.</summary>
    /// <example>translate</example>
    [AllowedValues("translate", "caption")]
    public string? Task { get; init; }

    /// <summary>Languages in and out.</summary>
    public LanguagesBody? Languages { get; init; }

    /// <summary>What the model is for.</summary>
    /// <example>English to German, trained on descriptions of photos.</example>
    public string? Description { get; init; }

    /// <summary>Licence of the weights.</summary>
    /// <example>CC BY-NC-SA 4.0</example>
    public string? Licence { get; init; }

    /// <summary>Precision of the graphs that answer.</summary>
    /// <example>fp32</example>
    [AllowedValues("fp32", "int8")]
    public string? Precision { get; init; }

    /// <summary>Defaults and limits of the search.</summary>
    public DecodingBody? Decoding { get; init; }

    /// <summary>Measured scores.</summary>
    public IReadOnlyList<MetricBody>? Metrics { get; init; }

    /// <summary>Size of all files together, in bytes.</summary>
    /// <example>21500000</example>
    [Bounds(Minimum = 0)]
    public long? Bytes { get; init; }

    /// <summary>The files, with their hashes.</summary>
    public IReadOnlyList<FileBody>? Files { get; init; }
}

/// <summary>Languages of a model, as BCP 47 codes.</summary>
public sealed record LanguagesBody
{
    /// <summary>Language of the input; absent when the input is an image.</summary>
    /// <example>en</example>
    public string? Source { get; init; }

    /// <summary>Language of the output.</summary>
    /// <example>de</example>
    public required string Target { get; init; }
}

/// <summary>Defaults and limits of a model's search.</summary>
public sealed record DecodingBody
{
    /// <summary>beamSize of a request that has none.</summary>
    /// <example>5</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.WidestBeam)]
    public required int BeamSize { get; init; }

    /// <summary>lengthPenalty of a request that has none.</summary>
    /// <example>1.0</example>
    [Bounds(Minimum = 0, Maximum = 2)]
    public required double LengthPenalty { get; init; }

    /// <summary>coveragePenalty of a request that has none; absent: captions have no such penalty.</summary>
    /// <example>0.0</example>
    [Bounds(Minimum = 0, Maximum = 2)]
    public double? CoveragePenalty { get; init; }

    /// <summary>maxLength of a request that has none; absent: twice the source's tokens plus 10, or 30 for captions.</summary>
    /// <example>100</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.LongestOutput)]
    public int? MaxLength { get; init; }

    /// <summary>What a request may ask for at most.</summary>
    public required LimitsBody Limits { get; init; }
}

/// <summary>What a request to a model may ask for at most.</summary>
public sealed record LimitsBody
{
    /// <summary>The largest beamSize.</summary>
    /// <example>16</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.WidestBeam)]
    public required int BeamSize { get; init; }

    /// <summary>The largest maxLength.</summary>
    /// <example>512</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.LongestOutput)]
    public required int MaxLength { get; init; }

    /// <summary>Most tokens of one sentence that goes in; a longer one is cut into pieces at a word. Absent: an image goes in.</summary>
    /// <example>256</example>
    [Bounds(Minimum = 2)]
    public int? SourceLength { get; init; }
}

/// <summary>A measured score of a model.</summary>
public sealed record MetricBody
{
    /// <summary>What it was measured on.</summary>
    /// <example>multi30k test_2016_flickr</example>
    public required string DataSet { get; init; }

    /// <summary>How it was measured.</summary>
    /// <example>sacreBLEU 13a, lower-cased, beam 5</example>
    public required string Method { get; init; }

    /// <summary>The score.</summary>
    /// <example>37.5</example>
    [Bounds(Minimum = 0)]
    public required double Value { get; init; }
}

/// <summary>A file of a model.</summary>
public sealed record FileBody
{
    /// <summary>Path inside the model's folder.</summary>
    /// <example>encoder.onnx</example>
    public required string Path { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    /// <example>9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</example>
    public required string Sha256 { get; init; }

    /// <summary>Size in bytes.</summary>
    /// <example>10750000</example>
    [Bounds(Minimum = 0)]
    public required long Bytes { get; init; }
}
