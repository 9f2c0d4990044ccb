using Google.Protobuf;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Models;

/// <summary>A translation model in training: one session for the loss with its gradients, one for the loss alone.</summary>
internal sealed class TranslationLossGraph : ILossGraph
{
    private readonly DropoutSampler dropout;
    private readonly IReadOnlyList<string> inputNames;
    private readonly Session training;
    private readonly Session evaluation;
    private readonly Tensor scale = Tensor.Allocate(ElementType.Float);
    private readonly Tensor loss = Tensor.Allocate(ElementType.Float);

    /// <param name="recipe">The network, dropout, label smoothing, seed and threads.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    public TranslationLossGraph(TranslationRecipe recipe, VocabularySizes vocabularies)
    {
        var train = LossOfTranslation.Build(recipe, vocabularies, training: true);
        var evaluate = LossOfTranslation.Build(recipe, vocabularies, training: false);
        inputNames = [.. train.Inputs.Select(i => i.Name!)];
        dropout = new(train.Context.DropoutMasks);
        Parameters = Allocate(train.Context.Parameters, (ulong)recipe.Training.Seed);

        var options = new SessionOptions { IntraOpThreads = recipe.Training.Threads == 0 ? Environment.ProcessorCount : recipe.Training.Threads };
        training = new(Write(train), options);
        evaluation = new(OnnxWriter.Write("loss", [.. evaluate.Inputs, .. Weights(evaluate)], [("loss", evaluate.Loss)]).ToByteArray(), options);
    }

    public ParameterSet Parameters { get; }

    public double ForwardBackward(Batch batch, ulong dropoutSeed)
    {
        scale.AsSpan<float>()[0] = 1f / batch.TargetTokens;
        Tensor[] inputs = [.. Inputs(batch), scale, .. dropout.Sample(Symbols(batch), dropoutSeed), .. Parameters.All.Select(p => p.Value)];
        training.Run(inputs, [loss, .. Parameters.All.Select(p => p.Gradient)]);
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
    private static byte[] Write(LossOfTranslation graph)
    {
        var scale = Value.Input("scale", ElementType.Float);
        var weights = Weights(graph);
        var gradients = Gradients.Of(graph.Loss * scale, weights);
        var inputs = graph.Inputs.Append(scale).Concat(graph.Context.DropoutMasks.Select(d => d.Mask)).Concat(weights);
        var outputs = weights.Select((w, i) => ($"gradient/{w.Name}", gradients[i])).Prepend(("loss", graph.Loss));
        return OnnxWriter.Write("training", [.. inputs], [.. outputs]).ToByteArray();
    }

    private static Value[] Weights(LossOfTranslation graph) => [.. graph.Context.Parameters.Select(p => p.Value)];

    private static ParameterSet Allocate(IReadOnlyCollection<ParameterDeclaration> declarations, ulong seed)
    {
        var set = new ParameterSet([.. declarations.Select(d => new Parameter(d.Value.Name!, d.Value.Shape.Evaluate(Constant)))]);
        foreach (var (declaration, i) in declarations.Select((d, i) => (d, i)))
            declaration.Initialization.Fill(set.All[i].Value.AsSpan<float>(), set.All[i].Shape, SeededRandom.SeedOf(seed, (ulong)i));
        return set;
    }

    private static readonly Dictionary<string, long> Constant = [];

    private IEnumerable<Tensor> Inputs(Batch batch) => inputNames.Select(name => batch.Inputs[name]);

    private static Dictionary<string, long> Symbols(Batch batch)
    {
        var source = batch.Inputs["source"].Shape;
        return new() { ["B"] = source[0], ["S"] = source[1], ["T"] = batch.Inputs["target_in"].Shape[1] };
    }
}
