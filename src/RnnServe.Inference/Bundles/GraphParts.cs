namespace RnnServe.Inference.Bundles;

/// <summary>A message of an ONNX file.</summary>
internal enum GraphPart
{
    Other,
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
}

/// <summary>What is in the messages of an ONNX file, by the field numbers of onnx.proto.</summary>
internal static class GraphParts
{
    /// <summary>Messages in one another; more is refused by whoever reads them.</summary>
    private const int MostDepth = 100;

    /// <summary>The message that a field of another holds; null: it holds none.</summary>
    public static GraphPart? In(GraphPart whole, int field) => (whole, field) switch
    {
        (GraphPart.Model, 7) or (GraphPart.Attribute, 6 or 11) => GraphPart.Graph,
        (GraphPart.Graph, 1) => GraphPart.Node,
        (GraphPart.Node, 5) => GraphPart.Attribute,
        (GraphPart.Graph, 5) or (GraphPart.Attribute, 5 or 10) => GraphPart.Tensor,
        (GraphPart.Model, 8 or 25) or (GraphPart.Graph, 15) or (GraphPart.Attribute, 22 or 23) or (GraphPart.Tensor, 13) => GraphPart.Other,
        _ => null,
    };

    /// <summary>Counts the messages in one, until there are more than enough.</summary>
    /// <param name="message">Where it lies.</param>
    /// <param name="whole">What it is.</param>
    /// <param name="most">How many are enough.</param>
    /// <param name="depth">Messages that it lies in.</param>
    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public static int Count(ReadOnlySpan<byte> message, GraphPart whole, int most, int depth = 0)
    {
        int count = 0;
        while (!message.IsEmpty && count <= most)
        {
            var (field, content) = WireField.Read(ref message);
            if (In(whole, field) is not { } part)
                continue;
            count++;
            if (part != GraphPart.Other && depth < MostDepth)
                count += Count(content, part, most - count, depth + 1);
        }

        return count;
    }
}
