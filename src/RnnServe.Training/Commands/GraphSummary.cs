using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Commands;

/// <summary>What an ONNX file contains, in words.</summary>
internal static class GraphSummary
{
    /// <summary>Describes inputs, outputs, operators and weights, a line each.</summary>
    /// <exception cref="InvalidDataException">The file is not an ONNX model.</exception>
    public static IEnumerable<string> Describe(string path)
    {
        var model = Parse(path);
        var graph = model.Graph;
        var graphs = WithSubgraphs(graph).ToList();
        var weights = graphs.SelectMany(g => g.Initializer).ToList();
        string opsets = string.Join(", ", model.OpsetImport.Select(o => $"{(o.Domain.Length > 0 ? o.Domain : "ai.onnx")} {o.Version}"));
        string size = Invariant($"{new FileInfo(path).Length:N0} bytes");
        yield return $"{Path.GetFileName(path)}: {size}, IR version {model.IrVersion}, operator sets: {opsets}";
        if (model.ProducerName.Length > 0)
            yield return $"  producer   {model.ProducerName} {model.ProducerVersion}".TrimEnd();
        foreach (var input in graph.Input.Where(i => graph.Initializer.All(w => w.Name != i.Name)))
            yield return $"  input      {Describe(input)}";
        foreach (var output in graph.Output)
            yield return $"  output     {Describe(output)}";
        yield return Invariant($"  weights    {weights.Sum(Elements):N0} values in {weights.Count} tensors: {ByType(weights)}");

        var operators = graphs.SelectMany(g => g.Node).GroupBy(n => n.Domain.Length > 0 ? $"{n.Domain}.{n.OpType}" : n.OpType).ToList();
        yield return Invariant($"  operators  {operators.Sum(o => o.Count())} nodes of {operators.Count} kinds");
        foreach (var kind in operators.OrderByDescending(o => o.Count()).ThenBy(o => o.Key, StringComparer.Ordinal))
            yield return Invariant($"    {kind.Count(),5} x {kind.Key}");
    }

    private static ModelProto Parse(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var model = ModelProto.Parser.ParseFrom(file);
            return model.Graph is { Node.Count: > 0 }
                ? model
                : throw new InvalidDataException($"'{path}' is not an ONNX model: it has no nodes.");
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException($"'{path}' is not an ONNX model: {error.Message}", error);
        }
    }

    /// <summary>The graph and the bodies of its Scan, Loop and If nodes, at any depth.</summary>
    private static IEnumerable<GraphProto> WithSubgraphs(GraphProto graph) => graph.Node
        .SelectMany(node => node.Attribute)
        .SelectMany(attribute => attribute.G is { } body ? attribute.Graphs.Append(body) : attribute.Graphs)
        .SelectMany(WithSubgraphs)
        .Prepend(graph);

    private static string Describe(ValueInfoProto value)
    {
        var tensor = value.Type?.TensorType;
        var dimensions = tensor?.Shape?.Dim
            .Select(d => d.HasDimParam ? d.DimParam : d.HasDimValue ? Invariant($"{d.DimValue}") : "?") ?? ["..."];
        return $"{value.Name}  {TypeName(tensor?.ElemType ?? 0)} [{string.Join(", ", dimensions)}]";
    }

    private static string ByType(IEnumerable<TensorProto> weights) => string.Join(
        ", ",
        weights.GroupBy(w => w.DataType).OrderByDescending(t => t.Sum(Elements))
            .Select(t => Invariant($"{t.Sum(Elements):N0} {TypeName(t.Key)}")));

    private static long Elements(TensorProto tensor) => tensor.Dims.Aggregate(1L, (product, d) => product * d);

    private static string TypeName(int type) => Enum.IsDefined((ElementType)type) ? $"{(ElementType)type}" : Invariant($"type {type}");
}
