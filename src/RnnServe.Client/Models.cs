namespace RnnServe.Client;

/// <summary>A model of the server. <paramref name="State"/> is loading, ready, failed or unloaded, <paramref name="Reason"/> what is wrong,
/// <paramref name="Bytes"/> the size of all files, and <paramref name="Canary"/> a newer version that answers a share of the requests; of a
/// model that was not read the rest is null.</summary>
public sealed record ModelInfo(
    string Name, string State, string? Version = null, string? Reason = null, string? Task = null, Languages? Languages = null,
    string? Description = null, string? Licence = null, int? Priority = null, string? Precision = null, Decoding? Decoding = null,
    IReadOnlyList<Metric>? Metrics = null, long? Bytes = null, IReadOnlyList<ModelFile>? Files = null,
    CanaryVersion? Canary = null);

/// <summary>A version on trial, and of a hundred requests how many it answers.</summary>
public sealed record CanaryVersion(string Version, int Percent, string Precision);

/// <summary>BCP 47 codes of what goes in and out; null where that is no text.</summary>
public sealed record Languages(string? Source = null, string? Target = null);

/// <summary>What a search does that is not told otherwise, and what it may be asked for at most.</summary>
public sealed record Decoding(
    int BeamSize, double LengthPenalty, DecodingLimits Limits, double? CoveragePenalty = null, int? MaxLength = null);

/// <summary>The widest beam, the most tokens of a sentence of the answer, and of one that goes in (null for images).</summary>
public sealed record DecodingLimits(int BeamSize, int MaxLength, int? SourceLength = null);

/// <summary>A measured score, what it was measured on, and how.</summary>
public sealed record Metric(string DataSet, string Method, double Value);

/// <summary>A file of a model, its SHA-256 in hexadecimal digits, its size in bytes, and the NuGet package that has it, if any.</summary>
public sealed record ModelFile(string Path, string Sha256, long Bytes, string? Package = null);
