using RnnServe.Training.Graphs;

namespace RnnServe.Training.Autodiff;

/// <summary>How pooling passes gradients back.</summary>
internal static class PoolingRules
{
    /// <summary>To the pixel that was the greatest, of each window; windows that share it add up.</summary>
    public static Value?[] Greatest(Node node, Value[] dy)
    {
        // Asked again for its second output, the indexes: an exported graph, which has no gradients, does without them.
        var x = node.Inputs[0];
        var indexes = Node.Create("MaxPool", [x], new Dictionary<string, object>(node.Attributes) { ["storage_order"] = 0L }).Outputs[1];
        var zeros = x.Reshape(x.Shape.Size).ZerosLike();
        var scattered = Node.Of(
            "ScatterElements", [zeros, indexes.Reshape(dy[0].Shape.Size), dy[0].Reshape(dy[0].Shape.Size)],
            new Dictionary<string, object> { ["axis"] = 0L, ["reduction"] = "add" });
        return [scattered.ReshapeLike(x)];
    }

    /// <summary>To each pixel of the window alike: the mean over the outputs that a pixel was part of.</summary>
    public static Value?[] Average(Node node, Value[] dy)
    {
        var (x, window) = (node.Inputs[0], Window.Of(node));
        return [dy[0].Spread(window, x.Shape[2].Factor, x.Shape[3].Factor).AveragePool(new(window.Size))];
    }

    public static Value?[] GlobalAverage(Node node, Value[] dy)
    {
        var x = node.Inputs[0];
        return [(dy[0] * (1.0 / (x.Shape[2].Factor * x.Shape[3].Factor))).ExpandLike(x)];
    }
}
