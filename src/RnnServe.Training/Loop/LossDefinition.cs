using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Loop;

/// <summary>A model's loss as a graph, before differentiation.</summary>
/// <param name="Context">Parameters and dropout masks.</param>
/// <param name="Inputs">What a batch must hold, by the inputs' names; each symbol of a shape is a dimension of one of them.</param>
/// <param name="Loss">Sum over the target tokens, a scalar.</param>
internal record LossDefinition(LayerContext Context, IReadOnlyList<Value> Inputs, Value Loss);
