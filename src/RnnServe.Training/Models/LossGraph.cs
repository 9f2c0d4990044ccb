using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Models;

/// <summary>A model in training: one session for the loss with its gradients, one for the loss alone.</summary>
internal sealed class LossGraph : ILossGraph
{
    /// <summary>Weight of the newest batch in a running average.</summary>
    private const float RunningAverageRate = 0.05f;

    private readonly DropoutSampler dropout;
    private readonly IReadOnlyList<Value> inputs;
    private readonly (Parameter Parameter, Tensor OfBatch)[] runningAverages;
    private readonly Parameter[] learnt;
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
        learnt = [.. Learnt(train).Select(weight => Parameters[weight.Name!])];
        runningAverages = [.. train.Context.RunningAverages
            .Select(r => Parameters[r.Parameter.Name!]).Select(p => (p, Tensor.Allocate(ElementType.Float, p.Shape)))];

        var options = settings.Execution();
        training = new(Write(train), options);
        evaluation = new(OnnxWriter.Write("loss", [.. evaluate.Inputs, .. Weights(evaluate)], [("loss", evaluate.Loss)]).ToByteArray(), options);
    }

    public ParameterSet Parameters { get; }

    public double ForwardBackward(Batch batch, ulong dropoutSeed)
    {
        scale.AsSpan<float>()[0] = 1f / batch.TargetTokens;
        Tensor[] given = [.. Inputs(batch), scale, .. dropout.Sample(Symbols(batch), dropoutSeed), .. Parameters.All.Select(p => p.Value)];
        training.Run(given, [loss, .. learnt.Select(p => p.Gradient), .. runningAverages.Select(r => r.OfBatch)]);
        foreach (var (parameter, ofBatch) in runningAverages)
            Follow(parameter.Value.AsSpan<float>(), ofBatch.AsSpan<float>());
        return loss.AsSpan<float>()[0];
    }

    public double Loss(Batch batch)
    {
        evaluation.Run([.. Inputs(batch), .. Parameters.All.Select(p => p.Value)], [loss]);
        return loss.AsSpan<float>()[0];
    }

    public void Dispose()
    {
        foreach (var (_, ofBatch) in runningAverages)
            ofBatch.Dispose();
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
        Value[] weights = Weights(graph), learnt = Learnt(graph);
        var gradients = Gradients.Of(graph.Loss * scale, learnt);
        var inputs = graph.Inputs.Append(scale).Concat(graph.Context.DropoutMasks.Select(d => d.Mask)).Concat(weights);
        var outputs = learnt.Select((w, i) => ($"gradient/{w.Name}", gradients[i])).Prepend(("loss", graph.Loss))
            .Concat(graph.Context.RunningAverages.Select(r => ($"batch/{r.Parameter.Name}", r.OfBatch)));
        return OnnxWriter.Write("training", [.. inputs], [.. outputs]).ToByteArray();
    }

    private static Value[] Weights(LossDefinition graph) => [.. graph.Context.Parameters.Select(p => p.Value)];

    private static Value[] Learnt(LossDefinition graph) => [.. graph.Context.Parameters.Where(p => p.Learnt).Select(p => p.Value)];

    // Their gradients stay zero, so the optimizer leaves them alone; checkpoints and the average of the weights take them as they are.
    private static void Follow(Span<float> average, ReadOnlySpan<float> ofBatch)
    {
        for (var i = 0; i < average.Length; i++)
            average[i] += (ofBatch[i] - average[i]) * RunningAverageRate;
    }

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
