namespace RnnServe.Training.Kinds.Translate;

/// <summary>Number of tokens on each side.</summary>
internal readonly record struct VocabularySizes(int Source, int Target);
