using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Export;

/// <summary>A graph with 8-bit products, inside loops too: rows are stored as 8-bit numbers whose scale is fixed beforehand, weights with a
/// scale for each column. Because no scale depends on the values of a run, a row's answer does not depend on the other rows.</summary>
/// <remarks>Parts of a row that have other bounds have other scales; these are multiplied into the weights' rows, so that one product takes
/// them all. A product takes the constant in that is added to it. One whose rows have no bound stays as it is.</remarks>
internal sealed class Int8Graph
{
    /// <summary>Products with fewer columns gain nothing.</summary>
    public const int LeastColumns = 16;

    /// <summary>Greatest 8-bit weight. Processors without VNNI add pairs of products in 16 bits; with one bit less no sum of two
    /// overflows.</summary>
    private const int GreatestWeight = 63;

    /// <summary>The 8-bit number that stands for 0 in rows, and steps to their bound on either side.</summary>
    private const byte Zero = 128, Steps = 127;

    private const string Domain = "com.microsoft", ZeroPoint = "int8.zero_point", One = "int8.one";

    private readonly GraphProto graph;
    private readonly IReadOnlyDictionary<string, double> known;
    private readonly GraphProto quantized;
    private readonly Int8Graph? outer;
    private readonly Dictionary<string, Matrix> weights;
    private readonly TensorFacts facts;

    /// <summary>Products that a constant is added to and nothing else is done with, by the output of the sum.</summary>
    private readonly Dictionary<string, NodeProto> sums;

    private readonly HashSet<string> rows = new(StringComparer.Ordinal);
    private int products;

    private Int8Graph(GraphProto graph, IReadOnlyDictionary<string, double> known, Int8Graph? outer = null)
    {
        (this.graph, this.known, this.outer) = (graph, known, outer);
        quantized = new GraphProto { Name = graph.Name + "_int8", Input = { graph.Input }, Output = { graph.Output } };
        weights = outer?.weights ?? Matrix.Of(graph);
        facts = new(graph, weights, known, outer?.facts);
        var fused = graph.Node.Where(n => n.OpType == "MatMul" && FactorsOf(n) is not null).Select(n => n.Output[0]);
        ProductFusion.Apply(graph, weights, facts, outer?.graph ?? graph, fused.ToHashSet(StringComparer.Ordinal));
        facts = new(graph, weights, known, outer?.facts);
        sums = Sums();
    }

    /// <summary>Quantises an encoder or a decoder.</summary>
    /// <param name="model">An exported graph with its weights and the bounds that its values carried.</param>
    /// <param name="measured">Greatest absolute values of other tensors, which data told.</param>
    /// <param name="products">How many products are in 8 bits now.</param>
    public static ModelProto Quantize(ModelProto model, IReadOnlyDictionary<string, double> measured, out int products)
    {
        var known = OnnxWriter.BoundsOf(model);
        foreach (var (tensor, bound) in measured)
            known[tensor] = bound;
        var pass = new Int8Graph(model.Graph.Clone(), known);
        pass.AddConstant(ZeroPoint, ElementType.UInt8, [], [Zero]);
        pass.AddConstant(One, ElementType.Float, [], MemoryMarshal.AsBytes<float>([1]));
        pass.Run();
        pass.KeepUsed();
        products = pass.products;
        return new()
        {
            IrVersion = model.IrVersion,
            ProducerName = model.ProducerName,
            Graph = pass.quantized,
            OpsetImport = { model.OpsetImport, new OperatorSetIdProto { Domain = Domain, Version = 1 } },
        };
    }

    private void Run()
    {
        var summed = sums.Values.Select(product => product.Output[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Node.Where(n => !summed.Contains(n.Output[0])))
        {
            if (TryQuantize(sums.GetValueOrDefault(node.Output[0], node), node))
                products++;
            else if (!TryGatherHalves(node))
                quantized.Node.Add(node.OpType == "Scan" ? QuantizeBody(node) : node);
        }
    }

    private Dictionary<string, NodeProto> Sums()
    {
        var uses = GraphNodes.CountUses(graph.Node, graph.Output.Select(o => o.Name));
        var found = new Dictionary<string, NodeProto>(StringComparer.Ordinal);
        foreach (var node in graph.Node.Where(n => n.OpType == "Add" && n.Input.Any(IsVector)))
        {
            if (node.Input.Select(facts.ProducerOf).FirstOrDefault(p => p is not null && FactorsOf(p) is not null) is { } product
                && uses[product.Output[0]] == 1)
            {
                found[node.Output[0]] = product;
            }
        }

        return found;
    }

    private bool IsVector(string name) => weights.TryGetValue(name, out var weight) && weight.IsVector;

    /// <summary>A loop over a recurrent cell; its weights stay outside, where they are unpacked once.</summary>
    private NodeProto QuantizeBody(NodeProto scan)
    {
        var result = scan.Clone();
        var body = TensorFacts.BodyOf(result);
        var pass = new Int8Graph(body.G, known, this);
        pass.Run();
        body.G = pass.quantized;
        products += pass.products;
        return result;
    }

    /// <summary>Adds a product of 8-bit numbers.</summary>
    /// <param name="product">The node that multiplies.</param>
    /// <param name="place">The node whose output it gives: the same, or the sum with a constant.</param>
    private bool TryQuantize(NodeProto product, NodeProto place)
    {
        if (FactorsOf(product) is not var (weight, parts))
            return false;
        string name = "int8." + product.Output[0];
        AddWeight(name, weight, parts);
        List<string> inputs = [AddRows(product.Input[0]), name + ".weight", One, name + ".scale", ZeroPoint];
        if (place != product)
            inputs.AddRange(["", place.Input.First(IsVector)]);
        Add("MatMulIntegerToFloat", Domain, inputs, place.Output[0]);
        return true;
    }

    /// <summary>The weight of a product and what its rows are put together from; null without bounds or gain.</summary>
    private (Matrix Weight, List<string> Parts)? FactorsOf(NodeProto node)
    {
        bool plain = node.OpType == "MatMul"
            || (node.OpType == "Gemm" && node.Input.Count == 2 && TensorFacts.Attribute(node, "transA") == 0);
        if (!plain || !weights.TryGetValue(node.Input[1], out var weight))
            return null;
        if (TensorFacts.Attribute(node, "transB") == 1)
            weight = weight.Transposed();
        var parts = Parts(node.Input[0]);
        bool bounded = parts.All(part => facts.Width(part) > 0 && double.IsFinite(facts.Bound(part)));
        return bounded && weight.Columns >= LeastColumns && parts.Sum(facts.Width) == weight.Rows ? (weight, parts) : null;
    }

    /// <summary>Looks tokens up in a table as it is stored, 16 bits, and casts what is found: the table takes half the memory.</summary>
    private bool TryGatherHalves(NodeProto node)
    {
        if (node.OpType != "Gather" || graph.Node.FirstOrDefault(n => n.OpType == "Cast" && n.Output[0] == node.Input[0]) is not { } cast)
            return false;
        string found = "half." + node.Output[0];
        Add("Gather", "", [cast.Input[0], node.Input[1]], found).Attribute.AddRange(node.Attribute);
        Add("Cast", "", [found], node.Output[0]).Attribute.AddRange(cast.Attribute);
        return true;
    }

    /// <summary>The tensors that a row is put together from.</summary>
    private List<string> Parts(string name) => Joined(name) is { } joined ? [.. joined.Input.SelectMany(Parts)] : [name];

    private NodeProto? Joined(string name) =>
        facts.ProducerOf(name) is { OpType: "Concat" } node && TensorFacts.Attribute(node, "axis") == -1 ? node : null;

    /// <summary>Adds, once, the nodes that turn rows into 8 bits.</summary>
    /// <returns>The name of the 8-bit rows.</returns>
    private string AddRows(string name)
    {
        string result = "int8." + name;
        if (!rows.Add(name))
            return result;
        if (Joined(name) is { } joined)
        {
            Add("Concat", "", joined.Input.Select(AddRows), result).Attribute.AddRange(joined.Attribute);
            return result;
        }

        AddConstant(result + ".step", ElementType.Float, [], MemoryMarshal.AsBytes<float>([Step(name)]));
        Add("QuantizeLinear", "", [name, result + ".step", ZeroPoint], result);
        return result;
    }

    private float Step(string part) => (float)(facts.Bound(part) / Steps);

    /// <summary>Rows of the weight, times the steps of what they are multiplied with, in 8 bits with a scale for each column.</summary>
    private void AddWeight(string name, Matrix weight, List<string> parts)
    {
        float[] steps = [.. parts.SelectMany(part => Enumerable.Repeat(Step(part), (int)facts.Width(part)))];
        int columns = (int)weight.Columns;
        float[] scales = new float[columns];
        for (int i = 0; i < weight.Values.Length; i++)
            scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(weight.Values[i] * steps[i / columns]));
        for (int column = 0; column < columns; column++)
            scales[column] = scales[column] > 0 ? scales[column] / GreatestWeight : 1;
        byte[] bytes = new byte[weight.Values.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(sbyte)MathF.Round(weight.Values[i] * steps[i / columns] / scales[i % columns]);
        AddConstant(name + ".weight", ElementType.Int8, [weight.Rows, columns], bytes);
        AddConstant(name + ".scale", ElementType.Float, [columns], MemoryMarshal.AsBytes<float>(scales));
    }

    private void AddConstant(string name, ElementType type, long[] shape, ReadOnlySpan<byte> data)
    {
        if (outer is not null)
            outer.AddConstant(name, type, shape, data);
        else
            quantized.Initializer.Add(OnnxWriter.Tensor(name, type, shape, data));
    }

    private NodeProto Add(string op, string domain, IEnumerable<string> inputs, string output)
    {
        var node = new NodeProto { OpType = op, Domain = domain, Name = output, Input = { inputs }, Output = { output } };
        quantized.Node.Add(node);
        return node;
    }

    /// <summary>Keeps the constants that are still used, and leaves out what no output needs.</summary>
    private void KeepUsed()
    {
        var needed = quantized.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var nodes = GraphNodes.Needed(quantized.Node, needed);
        quantized.Node.Clear();
        quantized.Node.AddRange(nodes);
        quantized.Initializer.AddRange(graph.Initializer.Where(t => needed.Contains(t.Name)));
    }
}
