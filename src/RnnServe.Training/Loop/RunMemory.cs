using RnnServe.Training.Graphs;

namespace RnnServe.Training.Loop;

/// <summary>What the tensors of a graph's run take, by their shapes: all that nodes compute, as if nothing were freed.</summary>
internal sealed class RunMemory(IEnumerable<Value> outputs)
{
    private readonly (Shape Shape, int Bytes)[] tensors =
    [
        .. Topology.Order(outputs)
            .Where(node => node is not CompositeNode)
            .SelectMany(node => node.Outputs)
            .Select(value => (value.Shape, value.Type is ElementType.Double or ElementType.Int64 ? 8 : 4)),
    ];

    /// <summary>Bytes of a run.</summary>
    /// <param name="symbols">Values of the shapes' symbols.</param>
    public long Of(IReadOnlyDictionary<string, long> symbols) =>
        tensors.Sum(tensor => tensor.Shape.Aggregate((long)tensor.Bytes, (size, dim) => size * LengthOf(dim, symbols)));

    /// <summary>A slice of a dimension, "T[0:-1]", counts as the whole; blocks of rows as blocks of 1.</summary>
    private static long LengthOf(Dim dim, IReadOnlyDictionary<string, long> symbols) => dim == RowBlocks.Block ? 1 : dim.Symbols
        .Split('*', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(dim.Factor, (length, symbol) => length * symbols[symbol.Split('[')[0]]);
}
