namespace RnnServe.Training.Graphs;

/// <summary>A loop over the first axis of its sequences: ONNX Scan. The body is whatever its outputs reach from its inputs; a value that
/// the body uses but that does not depend on the body's inputs (a weight, a product of weights) is computed outside, once.</summary>
internal sealed class ScanNode : Node
{
    private readonly List<Value> sequenceOutputs;
    private readonly Dim time;

    private ScanNode(ScanBody body, IReadOnlyList<Value> inputs, Dim time, IReadOnlyList<bool> reversed)
        : base("Scan", inputs, NoAttributes)
    {
        (Body, this.time, Reversed) = (body, time, reversed);
        sequenceOutputs = [.. body.SequenceOutputs];
        BodyNodes = body.Nodes();
        Captured = Captures(BodyNodes, body.NextStates.Concat(body.SequenceOutputs));
        var states = body.NextStates.Select((s, i) => new Value(this, s.Type, inputs[i].Shape));
        Outputs = [.. states, .. sequenceOutputs.Select(Stack)];
    }

    public ScanBody Body { get; }

    /// <summary>Of each sequence input, then of the sequence outputs (the last entry): true runs from the last step to the first.</summary>
    public IReadOnlyList<bool> Reversed { get; }

    /// <summary>The nodes inside the loop, producers first.</summary>
    public IReadOnlyList<Node> BodyNodes { get; }

    /// <summary>Values of the outer graph that the body uses.</summary>
    public IReadOnlyList<Value> Captured { get; }

    public int StateCount => Body.States.Count;

    /// <summary>The body's per-step outputs in the order of the outer outputs behind the states.</summary>
    public IReadOnlyList<Value> SequenceOutputs => sequenceOutputs;

    public override IEnumerable<Value> Dependencies => Inputs.Concat(Captured);

    /// <summary>Runs the body along the first axis of the sequences, forwards or backwards; outputs keep the sequences' order.</summary>
    /// <param name="body">One step.</param>
    /// <param name="states">First states, in the order of the body's.</param>
    /// <param name="sequences">Inputs [T, ...], in the order of the body's slices.</param>
    /// <param name="reversed">Whether to run from the last step to the first.</param>
    public static ScanNode Create(ScanBody body, IReadOnlyList<Value> states, IReadOnlyList<Value> sequences, bool reversed = false)
    {
        for (int i = 0; i < states.Count; i++)
        {
            if (!states[i].Shape.Equals(body.States[i].Shape) || !body.NextStates[i].Shape.Equals(body.States[i].Shape))
            {
                throw new ArgumentException(
                    $"State {i} of a Scan is {states[i].Shape} at first, {body.States[i].Shape} in the body "
                    + $"and {body.NextStates[i].Shape} after a step.");
            }
        }

        return new(body, [.. states, .. sequences], sequences[0].Shape[0], [.. sequences.Select(_ => reversed), reversed]);
    }

    /// <summary>The stacked values [T, ...] of something that the body computes; the loop gives it from now on.</summary>
    public Value Emit(Value inBody)
    {
        int index = sequenceOutputs.IndexOf(inBody);
        if (index < 0)
        {
            index = sequenceOutputs.Count;
            sequenceOutputs.Add(inBody);
            Outputs = [.. Outputs, Stack(inBody)];
        }

        return Outputs[StateCount + index];
    }

    public override Node WithInputs(IReadOnlyList<Value> inputs) => new ScanNode(Body, inputs, time, Reversed);

    private Value Stack(Value perStep) => new(this, perStep.Type, perStep.Shape.Prepend(time));

    private static List<Value> Captures(IReadOnlyList<Node> nodes, IEnumerable<Value> outputs)
    {
        var inside = new HashSet<Node>(nodes);
        return [.. nodes.SelectMany(n => n.Dependencies).Concat(outputs)
            .Where(v => v.Leaf != LeafKind.BodyInput && (v.Producer is null || !inside.Contains(v.Producer)))
            .Distinct()];
    }
}

/// <summary>One step of a Scan.</summary>
/// <param name="States">Placeholders of the states before the step.</param>
/// <param name="Slices">Placeholders of the sequences' slices at the step.</param>
/// <param name="NextStates">The states after the step.</param>
/// <param name="SequenceOutputs">What the step adds to the output sequences.</param>
internal sealed record ScanBody(
    IReadOnlyList<Value> States, IReadOnlyList<Value> Slices, IReadOnlyList<Value> NextStates, IReadOnlyList<Value> SequenceOutputs)
{
    public IEnumerable<Value> Placeholders => States.Concat(Slices);

    /// <summary>The nodes that depend on the placeholders, producers first.</summary>
    public List<Node> Nodes()
    {
        var order = Topology.Order(NextStates.Concat(SequenceOutputs));
        var inside = Topology.DependentsOf(Placeholders, order);
        return [.. order.Where(n => n.Outputs.Any(inside.Contains))];
    }
}
