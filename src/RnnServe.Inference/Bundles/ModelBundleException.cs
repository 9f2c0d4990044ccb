namespace RnnServe.Inference.Bundles;

/// <summary>A bundle is not what its manifest says, or its manifest is not what this program reads.</summary>
/// <param name="file">File inside the bundle.</param>
/// <param name="field">Field of the manifest, tensor or part of the file; empty when the file as a whole is meant.</param>
/// <param name="found">What is there.</param>
/// <param name="expected">What should be there.</param>
/// <param name="inner">The error behind this one.</param>
public sealed class ModelBundleException(string file, string field, string found, string expected, Exception? inner = null)
    : Exception($"{file}{(field.Length > 0 ? ": " + field : "")}: found {found}, expected {expected}.", inner)
{
    /// <summary>File inside the bundle.</summary>
    public string File { get; } = file;

    /// <summary>Field of the manifest, tensor or part of the file; empty when the file as a whole is meant.</summary>
    public string Field { get; } = field;

    /// <summary>What is there.</summary>
    public string Found { get; } = found;

    /// <summary>What should be there.</summary>
    public string Expected { get; } = expected;
}
