using RnnServe.Inference.Bundles;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds;
using RnnServe.Server.Search;

namespace RnnServe.Server.Endpoints;

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

    /// <summary>loading, ready, failed, or unloaded.</summary>
    /// <example>ready</example>
    [AllowedValues("loading", "ready", "failed", "unloaded")]
    public required string State { get; init; }

    /// <summary>What is wrong: with the model when it failed, with a higher version when an older one answers, with the files on disk of
    /// one that answers.</summary>
    /// <example>Version 2: encoder.onnx: found 1024 bytes, expected 2048 bytes.</example>
    public string? Reason { get; init; }

    /// <summary>A newer version that answers a share of the requests; absent: there is none.</summary>
    public CanaryBody? Canary { get; init; }

    /// <summary>What the model does.</summary>
    [TaskNames]
    public string? Task { get; init; }

    /// <summary>Languages in and out.</summary>
    public LanguagesBody? Languages { get; init; }

    /// <summary>What the model is for.</summary>
    /// <example>English to German, trained on descriptions of photos.</example>
    public string? Description { get; init; }

    /// <summary>Licence of the weights.</summary>
    /// <example>CC BY-NC-SA 4.0</example>
    public string? Licence { get; init; }

    /// <summary>Of the models that fit a request which names none, the one with the greatest priority answers.</summary>
    /// <example>0</example>
    [Bounds(Minimum = -ModelManifest.MostPriority, Maximum = ModelManifest.MostPriority)]
    public int? Priority { get; init; }

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

    /// <summary>What callers see of a catalog entry.</summary>
    internal static ModelBody Of(CatalogEntry entry)
    {
        var body = new ModelBody
        {
            Name = entry.Name,
            Version = entry.Version?.ToString(CultureInfo.InvariantCulture),
            State = entry.State switch
            {
                ModelState.Ready => "ready",
                ModelState.Failed => "failed",
                ModelState.Unloaded => "unloaded",
                _ => "loading",
            },
            Reason = entry.Reason,
            Precision = entry.Handle?.Model.Precision,
            Canary = entry.Canary is { } canary ? CanaryBody.Of(canary) : null,
        };
        return entry.Manifest is { } manifest ? body.With(manifest) : body;
    }

    /// <summary>The same with what a manifest says.</summary>
    internal ModelBody With(ModelManifest manifest) => this with
    {
        Task = manifest.Task,
        Languages = new() { Source = manifest.Languages.Source, Target = manifest.Languages.Target },
        Description = manifest.Description,
        Licence = manifest.Licence,
        Priority = manifest.Priority,
        Decoding = ServerKinds.Of(manifest.Task).Decoding(manifest),
        Metrics = [.. manifest.Metrics.Select(m => new MetricBody { DataSet = m.DataSet, Method = m.Method, Value = m.Value })],
        Bytes = manifest.Files.Sum(f => f.Bytes),
        Files = [.. manifest.Files.Select(FileBody.Of)],
    };
}

/// <summary>Languages of a model, as BCP 47 codes.</summary>
public sealed record LanguagesBody
{
    /// <summary>Language of the input; absent when the input is an image.</summary>
    /// <example>en</example>
    public string? Source { get; init; }

    /// <summary>Language of the output.</summary>
    /// <example>de</example>
    public string? Target { get; init; }
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
    /// <summary>Path inside the model's folder; the name alone of a file of a package.</summary>
    /// <example>encoder.onnx</example>
    public required string Path { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    /// <example>9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</example>
    public required string Sha256 { get; init; }

    /// <summary>Size in bytes.</summary>
    /// <example>10750000</example>
    [Bounds(Minimum = 0)]
    public required long Bytes { get; init; }

    /// <summary>NuGet package that has the file, which lies beside the server; absent for a file in the model's folder.</summary>
    /// <example>Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1</example>
    public string? Package { get; init; }

    /// <summary>What callers see of a manifest's file.</summary>
    internal static FileBody Of(FileManifest file) =>
        new() { Path = file.Path, Sha256 = file.Sha256, Bytes = file.Bytes, Package = file.Package };
}

/// <summary>The names of all tasks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TaskNamesAttribute() : AllowedValuesAttribute([.. ServerKinds.All.Select(kind => kind.Model.Task)]);
