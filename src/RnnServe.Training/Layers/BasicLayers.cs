using RnnServe.Training.Graphs;

namespace RnnServe.Training.Layers;

/// <summary>Layers without a memory: embedding, linear, layer normalisation.</summary>
internal static class BasicLayers
{
    /// <summary>Vectors of tokens: int64 ids of any shape give ids' shape plus [size].</summary>
    /// <remarks>The start, N(0, 1/size), keeps logits near unit variance when the table is also the output layer's.</remarks>
    public static Value EmbeddingTable(this LayerContext context, string name, int vocabulary, int size) =>
        context.Parameter(name, Initialization.Normal(1 / Math.Sqrt(size)), vocabulary, size);

    /// <summary>x W + b over the last axis: [..., I] gives [..., size]. Blocks: matrices side by side in W, as a cell's gates.</summary>
    public static Value Linear(this LayerContext context, string name, Value x, int size, bool bias = true, int blocks = 1)
    {
        var y = x.MatMul(context.Parameter($"{name}.weight", Initialization.Glorot(blocks), x.Shape.Last, size));
        return bias ? y + context.Parameter($"{name}.bias", Initialization.Zero, size) : y;
    }

    /// <summary>(x - mean) / √(variance + 1e-5) · gain + bias, over the last axis.</summary>
    /// <remarks>Source: Ba et al. 2016, "Layer Normalization" (arXiv:1607.06450).</remarks>
    public static Value LayerNormalisation(this LayerContext context, string name, Value x)
    {
        var centred = x - x.Mean(true, -1);
        var deviation = ((centred * centred).Mean(true, -1) + 1e-5).Sqrt();
        return (centred / deviation * context.Parameter($"{name}.gain", Initialization.Constant(1), x.Shape.Last))
            + context.Parameter($"{name}.bias", Initialization.Zero, x.Shape.Last);
    }
}
