using RnnServe.Training.Graphs;

namespace RnnServe.Training.Autodiff;

/// <summary>The gradient of a loop: a loop in the other direction that carries the states' gradients. What a weight receives is not added
/// up step by step: the loop stacks the gradients of the products that use the weight, and one product over all steps follows.</summary>
/// <remarks>Matrix products, activations and the like are kept by the forward loop as further outputs; sums, products and splits are
/// computed again from what was kept, which costs less than to store them.</remarks>
internal sealed class ScanGradient
{
    private static readonly HashSet<string> Recomputed = ["Add", "Sub", "Mul", "Neg", "Split", "Concat", "Identity"];

    private readonly ScanNode scan;
    private readonly BackwardPass outer;
    private readonly HashSet<Node> bodyNodes;
    private readonly HashSet<Value> inBody;
    private readonly HashSet<Value> wanted;

    // The backward loop's slices: the forward value or gradient sequence that each stands for.
    private readonly Dictionary<Value, Value> slices = [];
    private readonly List<(Value Placeholder, Value Sequence)> sequences = [];
    private readonly Dictionary<Value, Value> stacked = [];

    private ScanGradient(ScanNode scan, BackwardPass outer)
    {
        (this.scan, this.outer) = (scan, outer);
        bodyNodes = [.. scan.BodyNodes];
        inBody = [.. scan.Body.Placeholders, .. scan.BodyNodes.SelectMany(n => n.Outputs)];

        // Every state is wanted: a gradient may enter a later step and leave through a captured value.
        var inputs = scan.Body.Slices.Where((_, i) => outer.Wants(scan.Inputs[scan.StateCount + i]));
        wanted = Topology.DependentsOf([.. scan.Body.States, .. inputs, .. scan.Captured.Where(outer.Wants)], scan.BodyNodes);
    }

    public static void Through(ScanNode scan, BackwardPass outer) => new ScanGradient(scan, outer).Run();

    private void Run()
    {
        var body = scan.Body;
        var carried = body.States.Select((s, i) => Value.BodyInput($"d_state{i}", s.Type, s.Shape)).ToArray();
        var finals = scan.Outputs.Take(scan.StateCount).Select(outer.Gradient).ToArray();
        var outputGradients = scan.SequenceOutputs.Select((y, i) => (y, outer.Gradient(scan.Outputs[scan.StateCount + i]))).ToArray();

        var pass = new BackwardPass(wanted);
        for (int i = 0; i < carried.Length; i++)
            pass.Add(body.NextStates[i], carried[i]);
        foreach (var (y, dy) in outputGradients)
        {
            if (dy is not null)
                pass.Add(y, Slice($"d_{y.Producer?.Op}", dy));
        }

        var captures = WalkBody(pass);
        var next = body.States.Select((s, i) => InBackwardBody(pass.Gradient(s) ?? carried[i].ZerosLike())).ToArray();
        var slicesWanted = body.Slices.Select(pass.Gradient).ToArray();
        var passedOn = scan.Captured.Where(pass.HasGradient).ToArray();
        var outputs = slicesWanted.OfType<Value>().Concat(captures.SelectMany(c => c.Dy)).Concat(passedOn.Select(v => pass.Gradient(v)!))
            .Distinct().ToDictionary(v => v, InBackwardBody);
        var loop = BackwardLoop(carried, next, [.. outputs.Values.Distinct()], finals);

        for (int i = 0; i < carried.Length; i++)
            outer.Add(scan.Inputs[i], loop.Outputs[i]);
        for (int i = 0; i < slicesWanted.Length; i++)
        {
            if (slicesWanted[i] is { } dx)
                outer.Add(scan.Inputs[scan.StateCount + i], loop.Emit(outputs[dx]));
        }

        foreach (var (node, dy) in captures)
            AddCaptured(node, [.. dy.Select(d => loop.Emit(outputs[d]))]);

        // A captured value that is itself a state or an output of the step: Add sums over the steps, as over any broadcast axis.
        foreach (var value in passedOn)
            outer.Add(value, loop.Emit(outputs[pass.Gradient(value)!]));
    }

    // Gradients inside one step, in terms of the forward body's values; returns the nodes that use a wanted value of the outer graph.
    private List<(Node Node, Value[] Dy)> WalkBody(BackwardPass pass)
    {
        var captures = new List<(Node, Value[])>();
        foreach (var node in scan.BodyNodes.Reverse().Where(n => n.Outputs.Any(pass.HasGradient)))
        {
            if (node is ScanNode)
                throw new NotSupportedException("A Scan inside a Scan has no gradient.");
            RequireTrailingAxes(node);
            var dy = pass.OutputGradients(node);
            var dxs = BackwardPass.Rule(node)(node, dy);
            for (int i = 0; i < dxs.Length; i++)
            {
                if (dxs[i] is { } dx && inBody.Contains(node.Inputs[i]))
                    pass.Add(node.Inputs[i], dx);
            }

            if (node.Inputs.Any(i => !inBody.Contains(i) && outer.Wants(i)))
                captures.Add((node, dy));
        }

        return captures;
    }

    private ScanNode BackwardLoop(Value[] carried, Value[] next, Value[] outputs, Value?[] finals)
    {
        var body = new ScanBody(carried, [.. sequences.Select(s => s.Placeholder)], next, outputs);
        var first = finals.Select((d, i) => d ?? scan.Inputs[i].ZerosLike()).ToArray();
        return ScanNode.Create(body, first, [.. sequences.Select(s => s.Sequence)], reversed: !scan.Reversed[^1]);
    }

    // The operator applied to all steps at once: its inputs carry a leading time axis, the captured value does not.
    private void AddCaptured(Node node, Value[] dy)
    {
        var all = OverAllSteps(node);
        var dxs = BackwardPass.Rule(all)(all, dy);
        for (int i = 0; i < dxs.Length; i++)
        {
            if (dxs[i] is { } dx && !inBody.Contains(node.Inputs[i]))
                outer.Add(node.Inputs[i], dx);
        }
    }

    /// <summary>An expression over the forward body's values, over again in the backward body.</summary>
    private Value InBackwardBody(Value value)
    {
        if (slices.TryGetValue(value, out var known))
            return known;
        if (value.Leaf == LeafKind.BodyInput)
            return slices[value] = inBody.Contains(value) ? Slice(value.Name!, SequenceOf(value)) : value;
        if (value.Producer is not { } node || !DependsOnBody(value))
            return value;
        if (bodyNodes.Contains(node) && !Recomputed.Contains(node.Op))
            return slices[value] = Slice(node.Op, scan.Emit(value));

        // With the shape as it was: Expand and its like cannot infer theirs.
        var copy = Node.Create(node.Op, [.. node.Inputs.Select(InBackwardBody)], node.Attributes, node.Outputs[0].Shape);
        for (int i = 0; i < node.Outputs.Count; i++)
            slices[node.Outputs[i]] = copy.Outputs[i];
        return slices[value];
    }

    /// <summary>A forward body's value for all steps, [T, ...]; a value of the outer graph as it is.</summary>
    private Value Stacked(Value value)
    {
        if (!inBody.Contains(value))
            return value;
        if (stacked.TryGetValue(value, out var known))
            return known;
        if (value.Leaf == LeafKind.BodyInput)
            return stacked[value] = SequenceOf(value);
        var node = value.Producer!;
        if (!Recomputed.Contains(node.Op))
            return stacked[value] = scan.Emit(value);

        var copy = OverAllSteps(node);
        for (int i = 0; i < node.Outputs.Count; i++)
            stacked[node.Outputs[i]] = copy.Outputs[i];
        return stacked[value];
    }

    // Behind a time axis, a value of fewer axes than its partner would be broadcast along other axes than in the step.
    private Node OverAllSteps(Node node)
    {
        bool broadcasts = node.Op is "Add" or "Sub" or "Mul" or "Div" or "MatMul";
        if (broadcasts && node.Inputs.Any(i => inBody.Contains(i) && i.Shape.Count < node.Output.Shape.Count))
        {
            throw new NotSupportedException(
                $"'{node.Op}' inside a Scan has no gradient where a value of the step has fewer axes than the result: {node}.");
        }

        return node.WithInputs([.. node.Inputs.Select(Stacked)]);
    }

    // A slice's sequence is the loop's input; a state's is the first state and all that followed but the last.
    private Value SequenceOf(Value placeholder)
    {
        int slice = scan.Body.Slices.ToList().IndexOf(placeholder);
        if (slice >= 0)
            return scan.Inputs[scan.StateCount + slice];
        if (stacked.TryGetValue(placeholder, out var known))
            return known;

        int state = scan.Body.States.ToList().IndexOf(placeholder);
        var after = scan.Emit(scan.Body.NextStates[state]);
        var first = scan.Inputs[state].Unsqueeze(0);
        var parts = scan.Reversed[^1] ? new[] { after.Slice(0, 1, long.MaxValue), first } : [first, after.Slice(0, 0, -1)];
        return stacked[placeholder] = Node.Of("Concat", parts, Ops.Attribute("axis", 0L), after.Shape);
    }

    private Value Slice(string role, Value sequence)
    {
        var existing = sequences.Find(s => s.Sequence == sequence).Placeholder;
        if (existing is not null)
            return existing;
        var placeholder = Value.BodyInput(role, sequence.Type, sequence.Shape.Without(0));
        sequences.Add((placeholder, sequence));
        return placeholder;
    }

    // Gradients of a step are expressions over its values: they end at the body's placeholders, its nodes and the outer graph.
    private readonly Dictionary<Value, bool> depends = [];

    private bool DependsOnBody(Value value)
    {
        if (inBody.Contains(value) || value.Leaf == LeafKind.BodyInput)
            return true;
        if (value.Producer is null)
            return false;
        if (!depends.TryGetValue(value, out bool known))
            depends[value] = known = value.Producer.Dependencies.Any(DependsOnBody);
        return known;
    }

    // The same operator is applied to one step and to all steps, so its axes must count from the end.
    private static void RequireTrailingAxes(Node node)
    {
        bool ok = node.Op switch
        {
            "Concat" or "Split" => node.Int("axis", -1) < 0,
            "ReduceSum" or "ReduceMean" => ShapeRules.Constants(node.Inputs[1]).All(a => a < 0),
            "Unsqueeze" or "Squeeze" => ShapeRules.Constants(node.Inputs[1])[0] < 0,
            "Add" or "Sub" or "Mul" or "Div" or "Neg" or "Exp" or "Log" or "Sqrt" or "Tanh" or "Sigmoid" or "Relu" => true,
            "MatMul" or "Softmax" or "LogSoftmax" or "Identity" => true,
            _ => false,
        };
        if (!ok)
            throw new NotSupportedException($"'{node.Op}' cannot be differentiated inside a Scan: its axes must count from the end.");
    }
}
