namespace RnnServe.Inference.Search;

/// <summary>An output cannot begin with what was asked for.</summary>
/// <param name="reason">A sentence that says why.</param>
public sealed class PrefixRefusedException(string reason) : Exception(reason);
