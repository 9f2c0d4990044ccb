using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Loop;

/// <summary>A model in training: one session for the loss with its gradients, one for the loss alone.</summary>
internal sealed class LossGraph : ILossGraph
{
    /// <summary>Weight of the newest batch in a running average.</summary>
    private const float RunningAverageRate = 0.05f;

    private readonly DropoutSampler dropout;
    private readonly GradientSum gradientSum;
    private readonly RunMemory memory;
    private readonly TrainingMemory limits;
    private readonly bool divisible;
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

        gradientSum = new(learnt);
        limits = new(settings.MemoryGb);

        // Statistics over a batch are not the sum of those over its parts.
        divisible = runningAverages.Length == 0 && inputs.All(input => input.Shape.Count > 0 && input.Shape[0] == "B");
        var outputs = Outputs(train, out var scaleInput);
        memory = new(outputs.Select(output => output.Value));
        var options = settings.Execution();
        training = new(Write(train, scaleInput, outputs), options);
        evaluation = new(
            OnnxWriter.Write("loss", [.. evaluate.Inputs, .. Weights(evaluate)], [("loss", evaluate.Loss)]).ToByteArray(), options);
    }

    public ParameterSet Parameters { get; }

    public double ForwardBackward(Batch batch, ulong dropoutSeed)
    {
        scale.AsSpan<float>()[0] = 1f / batch.TargetTokens;
        int parts = Parts(batch);
        double sum = InParts(batch, parts, (part, rows) =>
        {
            double ofPart = Train(rows, part == 0 ? dropoutSeed : SeededRandom.SeedOf(dropoutSeed, (ulong)part));
            if (parts > 1)
                gradientSum.Add(first: part == 0);
            return ofPart;
        });
        if (parts > 1)
            gradientSum.CopyBack();
        return sum;
    }

    public double Loss(Batch batch) => InParts(batch, Parts(batch, orAlone: true), (_, rows) =>
    {
        Run(evaluation, [.. Inputs(rows), .. Parameters.All.Select(p => p.Value)], [loss]);
        return loss.AsSpan<float>()[0];
    });

    public void Dispose()
    {
        foreach (var (_, ofBatch) in runningAverages)
            ofBatch.Dispose();
        training.Dispose();
        evaluation.Dispose();
        dropout.Dispose();
        gradientSum.Dispose();
        scale.Dispose();
        loss.Dispose();
        Parameters.Dispose();
    }

    /// <summary>What a step computes: loss, gradients, statistics of the batch. The gradient is of the mean over the batch's target tokens,
    /// so that the learning rate does not depend on the batch's size.</summary>
    internal static (string Name, Value Value)[] Outputs(LossDefinition graph, out Value scale)
    {
        scale = Value.Input("scale", ElementType.Float);
        Value[] learnt = Learnt(graph);
        var gradients = Gradients.Of(graph.Loss * scale, learnt);
        return
        [
            ("loss", graph.Loss), .. learnt.Select((w, i) => ($"gradient/{w.Name}", gradients[i])),
            .. graph.Context.RunningAverages.Select(r => ($"batch/{r.Parameter.Name}", r.OfBatch)),
        ];
    }

    private static byte[] Write(LossDefinition graph, Value scale, (string Name, Value Value)[] outputs) => OnnxWriter.Write(
        "training", [.. graph.Inputs, scale, .. graph.Context.DropoutMasks.Select(d => d.Mask), .. Weights(graph)], outputs).ToByteArray();

    private double Train(Batch batch, ulong dropoutSeed)
    {
        Tensor[] given = [.. Inputs(batch), scale, .. dropout.Sample(Symbols(batch), dropoutSeed), .. Parameters.All.Select(p => p.Value)];
        Run(training, given, [loss, .. learnt.Select(p => p.Gradient), .. runningAverages.Select(r => r.OfBatch)]);
        foreach (var (parameter, ofBatch) in runningAverages)
            Follow(parameter.Value.AsSpan<float>(), ofBatch.AsSpan<float>());
        return loss.AsSpan<float>()[0];
    }

    private void Run(Session session, Tensor[] given, Tensor?[] results)
    {
        bool release = limits.ReleaseIsDue;
        session.Run(given, results, release);
        if (release)
            limits.Released();
    }

    /// <summary>How many parts a batch is run in: one, unless its tensors would take more than they may. It depends on recipe and batch
    /// alone, so that equal trainings give equal bits on machines of any size.</summary>
    /// <param name="batch">What is run.</param>
    /// <param name="orAlone">Whether a sentence that takes more is run all the same: without gradients it takes much less.</param>
    private int Parts(Batch batch, bool orAlone = false) =>
        divisible ? limits.Parts(memory.Of(Symbols(batch)), batch.Sentences, orAlone) : 1;

    /// <summary>The sum over the parts of a batch.</summary>
    private static double InParts(Batch batch, int parts, Func<int, Batch, double> run)
    {
        if (parts == 1)
            return run(0, batch);
        double sum = 0;
        for (int part = 0; part < parts; part++)
        {
            using var rows = batch.Rows((part * batch.Sentences / parts)..((part + 1) * batch.Sentences / parts));
            sum += run(part, rows);
        }

        return sum;
    }

    private static Value[] Weights(LossDefinition graph) => [.. graph.Context.Parameters.Select(p => p.Value)];

    private static Value[] Learnt(LossDefinition graph) => [.. graph.Context.Parameters.Where(p => p.Learnt).Select(p => p.Value)];

    // Their gradients stay zero, so the optimizer leaves them alone; checkpoints and the average of the weights take them as they are.
    private static void Follow(Span<float> average, ReadOnlySpan<float> ofBatch)
    {
        for (int i = 0; i < average.Length; i++)
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
            for (int axis = 0; axis < shape.Length; axis++)
            {
                if (!input.Shape[axis].IsConstant)
                    symbols[input.Shape[axis].Symbols] = shape[axis];
            }
        }

        return symbols;
    }
}
