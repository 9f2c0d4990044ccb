using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Export;

/// <summary>Rewrites a graph so that it copies and adds fewer rows. Where one product is split into the gates of a cell, each gate becomes
/// a product of its own; where two products are added, they become one of longer rows: [x h] · [W; R] for x · W + h · R.</summary>
/// <remarks>Beside 8-bit products, which are exact and as fast in parts as in one, copies and sums of rows take a tenth of a step. Sums of
/// fp32 products would be added in another order, so that an fp32 graph keeps its form. Products that are added must have as many rows: a
/// graph that broadcasts one of them does not run afterwards.</remarks>
internal sealed class ProductFusion
{
    private readonly Dictionary<string, Matrix> weights;
    private readonly TensorFacts facts;
    private readonly GraphProto constants;
    private readonly HashSet<string> products;
    private readonly Dictionary<string, NodeProto> producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> renamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> outputs;
    private readonly HashSet<string> captured;
    private readonly HashSet<string> made = new(StringComparer.Ordinal);
    private Dictionary<string, int> uses = new(StringComparer.Ordinal);
    private List<NodeProto> nodes;

    private ProductFusion(
        GraphProto graph, Dictionary<string, Matrix> weights, TensorFacts facts, GraphProto constants, HashSet<string> products)
    {
        (this.weights, this.facts, this.constants, this.products) = (weights, facts, constants, products);
        outputs = graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        captured = graph.Node.SelectMany(GraphNodes.Captured).ToHashSet(StringComparer.Ordinal);
        nodes = [.. graph.Node];
    }

    /// <summary>Rewrites the nodes of a graph.</summary>
    /// <param name="graph">A graph, or the body of a loop. Its nodes are replaced, none is changed.</param>
    /// <param name="weights">Its weights; those that are made are added.</param>
    /// <param name="facts">What is known of its tensors as they are.</param>
    /// <param name="constants">The graph that weights are stored in.</param>
    /// <param name="products">Outputs of the MatMul nodes that may be taken apart and put together.</param>
    public static void Apply(
        GraphProto graph, Dictionary<string, Matrix> weights, TensorFacts facts, GraphProto constants, HashSet<string> products)
    {
        var pass = new ProductFusion(graph, weights, facts, constants, products);
        pass.Rewrite(pass.Sliced);
        pass.Rewrite(pass.Joined);
        graph.Node.Clear();
        graph.Node.AddRange(pass.nodes);
    }

    /// <summary>Puts other nodes in the place of each, and drops what is no longer used.</summary>
    private void Rewrite(Func<NodeProto, IEnumerable<NodeProto>?> replace)
    {
        producers.Clear();
        foreach (var node in nodes)
        {
            foreach (string output in node.Output)
                producers[output] = node;
        }

        uses = GraphNodes.CountUses(nodes, outputs);
        var all = nodes.SelectMany(node => replace(node) ?? [WithNewNames(node)]).ToList();
        nodes = GraphNodes.Needed(all, [.. outputs]);
    }

    private NodeProto WithNewNames(NodeProto node)
    {
        if (!node.Input.Any(renamed.ContainsKey))
            return node;
        var result = node.Clone();
        for (int i = 0; i < result.Input.Count; i++)
            result.Input[i] = renamed.GetValueOrDefault(result.Input[i], result.Input[i]);
        return result;
    }

    /// <summary>What gives the parts of a tensor without the whole of it; null where there is no such way.</summary>
    private List<NodeProto>? Sliced(NodeProto split)
    {
        if (split.OpType != "Split" || split.Output.Any(o => outputs.Contains(o) || captured.Contains(o)) || !CanSlice(split.Output[0]))
            return null;
        var parts = new List<NodeProto>();
        long from = 0;
        foreach (string output in split.Output)
        {
            renamed[output] = Slice(split.Input[0], from, facts.Width(output), parts);
            from += facts.Width(output);
        }

        return parts;
    }

    private bool CanSlice(string name)
    {
        if (weights.TryGetValue(name, out var vector))
            return vector.IsVector;
        if (outputs.Contains(name) || !producers.TryGetValue(name, out var node))
            return false;
        return node.OpType switch
        {
            "MatMul" => products.Contains(name) && uses[name] == 1,
            "Split" => TensorFacts.Attribute(node, "axis") == -1 && CanSlice(node.Input[0])
                && node.Output.All(o => facts.Width(o) >= Int8Graph.LeastColumns),
            "Add" or "Sigmoid" or "Tanh" => uses[name] == 1 && node.Input.All(CanSlice),
            _ => false,
        };
    }

    /// <summary>Adds the nodes that compute some columns of a tensor, unless they are there.</summary>
    /// <returns>Their name.</returns>
    private string Slice(string name, long from, long count, List<NodeProto> parts)
    {
        string result = $"{name}[{from}+{count}]";
        if (weights.TryGetValue(name, out var vector))
            return Constant(result, vector.Slice(from, count));
        var node = producers[name];
        if (node.OpType == "Split")
            return Slice(node.Input[0], from + node.Output.TakeWhile(o => o != name).Sum(facts.Width), count, parts);
        if (!made.Add(result))
            return result;
        if (node.OpType != "MatMul")
        {
            parts.Add(New(node.OpType, result, [.. node.Input.Select(input => Slice(input, from, count, parts))]));
            return result;
        }

        string weight = Constant($"{node.Input[1]}[{from}+{count}]", weights[node.Input[1]].Slice(from, count));
        products.Add(result);
        parts.Add(New("MatMul", result, [renamed.GetValueOrDefault(node.Input[0], node.Input[0]), weight]));
        return result;
    }

    /// <summary>A sum of several products as one of longer rows, with what else is added; null where there are no two.</summary>
    private List<NodeProto>? Joined(NodeProto add)
    {
        var terms = add.OpType == "Add" ? Terms(add).ToList() : [];
        NodeProto[] factors = [.. terms.Where(IsFreeProduct).Select(t => producers[t])];
        if (factors.Length < 2)
            return null;
        string name = add.Output[0], rows = string.Join('|', factors.Select(f => f.Input[0]));
        var concat = New("Concat", rows, [.. factors.Select(f => f.Input[0])]);
        concat.Attribute.Add(OnnxWriter.Attribute("axis", -1L));
        string weight = Constant($"{name}.weight", Matrix.Stack([.. factors.Select(f => weights[f.Input[1]])]));

        // Constants come next after the product, which can take one in.
        string[] others = [.. terms.Where(t => !IsFreeProduct(t)).OrderByDescending(weights.ContainsKey)];
        List<NodeProto> sums = producers.TryAdd(rows, concat) ? [concat] : [];
        string sum = others.Length == 0 ? name : $"{name}.product";
        sums.Add(New("MatMul", sum, [rows, weight]));
        for (int i = 0; i < others.Length; i++)
        {
            string next = i == others.Length - 1 ? name : $"{name}.sum{i}";
            sums.Add(New("Add", next, [sum, others[i]]));
            sum = next;
        }

        return sums;
    }

    /// <summary>What is added up, through sums that nothing else uses.</summary>
    private IEnumerable<string> Terms(NodeProto add) => add.Input.SelectMany(input =>
        producers.TryGetValue(input, out var node) && node.OpType == "Add" && uses[input] == 1 ? Terms(node) : [input]);

    private bool IsFreeProduct(string name) => products.Contains(name) && uses[name] == 1;

    private string Constant(string name, Matrix value)
    {
        if (weights.TryAdd(name, value))
        {
            long[] shape = value.IsVector ? [value.Columns] : [value.Rows, value.Columns];
            constants.Initializer.Add(OnnxWriter.Tensor(name, ElementType.Float, shape, MemoryMarshal.AsBytes<float>(value.Values)));
        }

        return name;
    }

    private static NodeProto New(string op, string output, string[] inputs) =>
        new() { OpType = op, Name = output, Input = { inputs }, Output = { output } };
}
