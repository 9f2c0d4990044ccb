using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Export;

/// <summary>What the nodes of a graph use of one another.</summary>
internal static class GraphNodes
{
    /// <summary>The names that a node uses, those in its bodies included.</summary>
    public static IEnumerable<string> Uses(NodeProto node) => node.Input.Concat(Captured(node));

    /// <summary>The names that the bodies of a node use, their own included.</summary>
    public static IEnumerable<string> Captured(NodeProto node) =>
        node.Attribute.Where(a => a.G is not null).SelectMany(a => a.G.Node).SelectMany(Uses);

    /// <summary>How often each name is used.</summary>
    /// <param name="nodes">All nodes of a graph.</param>
    /// <param name="outputs">Its outputs, each of which is a use.</param>
    public static Dictionary<string, int> CountUses(IEnumerable<NodeProto> nodes, IEnumerable<string> outputs) =>
        nodes.SelectMany(Uses).Concat(outputs).CountBy(name => name).ToDictionary(StringComparer.Ordinal);

    /// <summary>Those of some nodes that outputs need, in their order.</summary>
    /// <param name="nodes">In topological order.</param>
    /// <param name="needed">The outputs; what the nodes use is added.</param>
    public static List<NodeProto> Needed(IEnumerable<NodeProto> nodes, HashSet<string> needed)
    {
        var kept = new List<NodeProto>();
        foreach (var node in nodes.Reverse().Where(n => n.Output.Any(needed.Contains)))
        {
            kept.Add(node);
            needed.UnionWith(Uses(node));
        }

        kept.Reverse();
        return kept;
    }
}
