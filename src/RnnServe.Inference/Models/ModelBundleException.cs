namespace RnnServe.Inference.Models;

/// <summary>A bundle is not what its manifest says, or its manifest is not what this program reads.</summary>
public sealed class ModelBundleException : Exception
{
    /// <summary>Says what is wrong where.</summary>
    /// <param name="file">File inside the bundle.</param>
    /// <param name="field">Field of the manifest, tensor or part of the file; empty when the file as a whole is meant.</param>
    /// <param name="found">What is there.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="inner">The error behind this one.</param>
    public ModelBundleException(string file, string field, string found, string expected, Exception? inner = null)
        : base($"{file}{(field.Length > 0 ? ": " + field : "")}: found {found}, expected {expected}.", inner)
    {
        File = file;
        Field = field;
        Found = found;
        Expected = expected;
    }

    /// <summary>File inside the bundle.</summary>
    public string File { get; }

    /// <summary>Field of the manifest, tensor or part of the file; empty when the file as a whole is meant.</summary>
    public string Field { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }

    /// <summary>What should be there.</summary>
    public string Expected { get; }
}
