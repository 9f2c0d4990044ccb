namespace RnnServe.Inference.Search;

/// <summary>What a step computes with.</summary>
/// <param name="Rows">Rows of the batch.</param>
/// <param name="Positions">Rows times the longest source.</param>
/// <param name="Padding">Positions that nobody needs: behind the end of a row's own source, or of a row without a live hypothesis.</param>
internal readonly record struct StepWork(int Rows, long Positions, long Padding);
