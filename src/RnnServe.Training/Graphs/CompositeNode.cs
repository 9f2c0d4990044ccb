namespace RnnServe.Training.Graphs;

/// <summary>A node that is written as other operators but has a gradient rule of its own: because its gradient has a closed form that is
/// cheaper than the composition's, or because ONNX Runtime has no kernel for the operator in double precision.</summary>
internal abstract class CompositeNode(string op, IReadOnlyList<Value> inputs, IReadOnlyDictionary<string, object> attributes)
    : Node(op, inputs, attributes)
{
    /// <summary>The ONNX operators that compute this node: the writer emits them in its place.</summary>
    public abstract Value Expansion { get; }

    public override IEnumerable<Value> Dependencies => Inputs.Append(Expansion);
}

/// <summary>An operator that ONNX Runtime computes in single precision only, made of others that it also computes in double.</summary>
/// <remarks>Gradients are checked in double precision: this is what they are checked against.</remarks>
internal sealed class DoubleNode : CompositeNode
{
    private readonly Func<IReadOnlyList<Value>, Value> expand;

    private DoubleNode(Node single, Func<IReadOnlyList<Value>, Value> expand)
        : base(single.Op, single.Inputs, single.Attributes)
    {
        this.expand = expand;
        Expansion = expand(single.Inputs);
        Outputs = [new(this, single.Output.Type, single.Output.Shape)];
        if (!Expansion.Shape.Equals(single.Output.Shape))
            throw new ArgumentException($"{single} is {single.Output.Shape} and its composition {Expansion.Shape}.");
    }

    public override Value Expansion { get; }

    /// <summary>The operator itself, or in double precision its composition.</summary>
    /// <param name="node">The operator; its shape rule has checked it.</param>
    /// <param name="expand">Computes the same of the same inputs.</param>
    public static Value Of(Node node, Func<IReadOnlyList<Value>, Value> expand) =>
        node.Output.Type == ElementType.Double ? new DoubleNode(node, expand).Output : node.Output;

    public override Node WithInputs(IReadOnlyList<Value> inputs) => new DoubleNode(Create(Op, inputs, Attributes), expand);
}
