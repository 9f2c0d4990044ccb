namespace RnnServe.Training.Evaluation;

/// <summary>Where the answers that are to be scored come from, whatever the task.</summary>
/// <param name="Hypotheses">A file that has them already.</param>
/// <param name="Model">Folder of a bundle; with a server, the name of a model.</param>
/// <param name="Server">Address of a running server.</param>
/// <param name="Search">The search's settings.</param>
/// <param name="Output">File for the answers.</param>
internal sealed record AnswerSource(FileInfo? Hypotheses, string? Model, string? Server, SearchSettings Search, FileInfo? Output);

/// <summary>The search's settings; null leaves one to the bundle.</summary>
/// <param name="BeamSize">Hypotheses kept.</param>
/// <param name="LengthPenalty">Strength of the length penalty.</param>
/// <param name="Precision">Which graphs of a bundle in this process.</param>
internal sealed record SearchSettings(int? BeamSize, float? LengthPenalty, string? Precision);
