using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Kinds.Translate;

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
