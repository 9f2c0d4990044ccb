namespace RnnServe.Training.Graphs;

/// <summary>Rows cut into blocks of one size, as few as there can be; the last is filled up with zeros.</summary>
internal sealed class RowBlocks
{
    /// <summary>Rows of a block.</summary>
    public static readonly Dim Block = "block";

    /// <summary>Most rows of a block. With more the products are hardly faster, and 8,000 logits a row leave the cache.</summary>
    private const int MostRows = 256;

    private readonly Dim all;
    private readonly Value number;
    private readonly Value blocks;
    private readonly Value size;

    /// <param name="rows">What has the number of rows that is cut, [N, ...].</param>
    public RowBlocks(Value rows)
    {
        all = rows.Shape[0];
        number = rows.ShapeOf(0, 1);
        blocks = Quotient(number, Value.Constant(MostRows));
        size = Quotient(number, blocks);
    }

    // Counted as all rows with blocks of 1: what memory a run takes is told from the shapes.
    private Dim Blocks => $"{all}[blocks]";

    /// <summary>[N, ...] gives [blocks, block, ...].</summary>
    public Value Cut(Value x)
    {
        Value rest = x.ShapeOf(1), missing = blocks * size - number;
        var zeros = Ops.Zeros(Ops.Concat(0, missing, rest), x.Type, x.Shape.With(0, $"{all}[missing]"));
        var filled = Node.Of("Concat", [x, zeros], Ops.Attribute("axis", 0L), x.Shape);
        return filled.Reshape(Ops.Concat(0, blocks, size, rest), x.Shape.With(0, Block).Prepend(Blocks));
    }

    /// <summary>[blocks, block, ...] gives [N, ...].</summary>
    public Value Join(Value x)
    {
        var shape = x.Shape.Without(0).With(0, all);
        var filled = x.Reshape(Ops.Concat(0, blocks * size, x.ShapeOf(2)), shape);
        return Node.Of("Slice", [filled, Value.Constant(0L), number, Value.Constant(0L)], shape: shape);
    }

    /// <summary>Rounded up.</summary>
    private static Value Quotient(Value a, Value b) => (a + b + Value.Constant(-1L)) / b;
}
