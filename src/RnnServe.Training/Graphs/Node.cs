namespace RnnServe.Training.Graphs;

/// <summary>One application of an ONNX operator: inputs, attributes, outputs with inferred types and shapes.</summary>
internal class Node
{
    protected static readonly IReadOnlyDictionary<string, object> NoAttributes = new Dictionary<string, object>();

    protected Node(string op, IReadOnlyList<Value> inputs, IReadOnlyDictionary<string, object> attributes)
    {
        (Op, Inputs, Attributes) = (op, inputs, attributes);
        Outputs = [];
    }

    public string Op { get; }

    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>Attribute values: long, float, string or long[].</summary>
    public IReadOnlyDictionary<string, object> Attributes { get; }

    public IReadOnlyList<Value> Outputs { get; protected set; }

    /// <summary>Everything that must be computed before this node.</summary>
    public virtual IEnumerable<Value> Dependencies => Inputs;

    /// <summary>The only output.</summary>
    public Value Output => Outputs.Count == 1
        ? Outputs[0]
        : throw new InvalidOperationException($"{Op} has {Outputs.Count} outputs.");

    /// <summary>Applies an operator; the shape rule of the operator checks the inputs.</summary>
    /// <param name="op">A name of ONNX's default operator set.</param>
    /// <param name="inputs">The operator's inputs in order.</param>
    /// <param name="attributes">Attributes by name: long, float, string or long[].</param>
    /// <param name="shape">Replaces the inferred shape of the first output where the caller knows it better.</param>
    public static Node Create(
        string op, IReadOnlyList<Value> inputs, IReadOnlyDictionary<string, object>? attributes = null, Shape? shape = null)
    {
        var node = new Node(op, inputs, attributes ?? NoAttributes);
        var outputs = ShapeRules.Infer(node);
        node.Outputs = [.. outputs.Select((o, i) => new Value(node, o.Type, i == 0 && shape is not null ? shape : o.Shape))];
        return node;
    }

    /// <summary>Applies an operator that has one output.</summary>
    public static Value Of(
        string op, IReadOnlyList<Value> inputs, IReadOnlyDictionary<string, object>? attributes = null, Shape? shape = null) =>
        Create(op, inputs, attributes, shape).Output;

    /// <summary>The same operator on other inputs, shapes inferred anew.</summary>
    public virtual Node WithInputs(IReadOnlyList<Value> inputs) => Create(Op, inputs, Attributes);

    public long Int(string attribute, long fallback) => Attributes.TryGetValue(attribute, out object? value) ? (long)value : fallback;

    public override string ToString() => $"{Op}({string.Join(", ", Inputs)})";
}
