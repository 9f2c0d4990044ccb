namespace RnnServe.OnnxRuntime;

/// <summary>What a model declares about one of its inputs or outputs.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">
/// Size of each dimension, -1 where it is known only when running; empty for a scalar and where no shape is declared.
/// </param>
/// <param name="SymbolicDimensions">Name of each dynamic dimension, such as "batch"; null where it has none.</param>
public sealed record ValueInfo(
    string Name, ElementType Type, IReadOnlyList<long> Shape, IReadOnlyList<string?> SymbolicDimensions);
