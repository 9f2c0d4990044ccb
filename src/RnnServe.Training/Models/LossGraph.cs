using Google.Protobuf;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Models;

/// <summary>A model in training: one session for the loss with its gradients, one for the loss alone.</summary>
internal sealed class LossGraph : ILossGraph
{
    private readonly DropoutSampler dropout;
    private readonly IReadOnlyList<Value> inputs;
    private readonly Session training;
    private readonly Session evaluation;
    private readonly Tensor scale = Tensor.Allocate(ElementType.Float);
    private readonly Tensor loss = Tensor.Allocate(ElementType.Float);

    /// <param name="build">Builds the loss; true: with dropout and smoothing.</param>
    /// <param name="settings">Seed and threads.</param>
    public LossGraph(Func<bool, LossDefinition> build, TrainingSettings settings)
    {
        var train = build(true);
        var evaluate = build(false);
        inputs = train.Inputs;
        dropout = new(train.Context.DropoutMasks);
        Parameters = Allocate(train.Context.Parameters, (ulong)settings.Seed);

        var options = new SessionOptions { IntraOpThreads = settings.Threads == 0 ? Environment.ProcessorCount : settings.Threads };
        training = new(Write(train), options);
        evaluation = new(OnnxWriter.Write("loss", [.. evaluate.Inputs, .. Weights(evaluate)], [("loss", evaluate.Loss)]).ToByteArray(), options);
    }

    public ParameterSet Parameters { get; }

    public double ForwardBackward(Batch batch, ulong dropoutSeed)
    {
        scale.AsSpan<float>()[0] = 1f / batch.TargetTokens;
        Tensor[] given = [.. Inputs(batch), scale, .. dropout.Sample(Symbols(batch), dropoutSeed), .. Parameters.All.Select(p => p.Value)];
        training.Run(given, [loss, .. Parameters.All.Select(p => p.Gradient)]);
        return loss.AsSpan<float>()[0];
    }

    public double Loss(Batch batch)
    {
        evaluation.Run([.. Inputs(batch), .. Parameters.All.Select(p => p.Value)], [loss]);
        return loss.AsSpan<float>()[0];
    }

    public void Dispose()
    {
        training.Dispose();
        evaluation.Dispose();
        dropout.Dispose();
        scale.Dispose();
        loss.Dispose();
        Parameters.Dispose();
    }

    // The gradient is of the mean over the batch's target tokens, so that the learning rate does not depend on the batch's size.
    private static byte[] Write(LossDefinition graph)
    {
        var scale = Value.Input("scale", ElementType.Float);
        var weights = Weights(graph);
        var gradients = Gradients.Of(graph.Loss * scale, weights);
        var inputs = graph.Inputs.Append(scale).Concat(graph.Context.DropoutMasks.Select(d => d.Mask)).Concat(weights);
        var outputs = weights.Select((w, i) => ($"gradient/{w.Name}", gradients[i])).Prepend(("loss", graph.Loss));
        return OnnxWriter.Write("training", [.. inputs], [.. outputs]).ToByteArray();
    }

    private static Value[] Weights(LossDefinition graph) => [.. graph.Context.Parameters.Select(p => p.Value)];

    private static ParameterSet Allocate(IReadOnlyCollection<ParameterDeclaration> declarations, ulong seed)
    {
        var set = new ParameterSet([.. declarations.Select(d => new Parameter(d.Value.Name!, d.Value.Shape.Evaluate(Constant)))]);
        foreach (var (declaration, i) in declarations.Select((d, i) => (d, i)))
            declaration.Initialization.Fill(set.All[i].Value.AsSpan<float>(), set.All[i].Shape, SeededRandom.SeedOf(seed, (ulong)i));
        return set;
    }

    private static readonly Dictionary<string, long> Constant = [];

    private IEnumerable<Tensor> Inputs(Batch batch) => inputs.Select(input => batch.Inputs[input.Name!]);

    /// <summary>What the symbols of the inputs' shapes stand for in a batch.</summary>
    private Dictionary<string, long> Symbols(Batch batch)
    {
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var shape = batch.Inputs[input.Name!].Shape;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                if (!input.Shape[axis].IsConstant)
                    symbols[input.Shape[axis].Symbols] = shape[axis];
            }
        }

        return symbols;
    }
}
