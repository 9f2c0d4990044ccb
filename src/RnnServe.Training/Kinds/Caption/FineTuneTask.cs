using Google.Protobuf;
using RnnServe.Training.Export;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Training a CNN of ours and a caption decoder together, from the weights of two trainings.</summary>
internal sealed class FineTuneTask(CaptionRecipe recipe, FineTuneSettings settings) : ITrainingTask
{
    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var (cnn, texts) = (Network(), CaptionTexts.Load(recipe, folder, resume, progress.Say));
        var graph = new LossGraph(
            training => LossOfCaptions.BuildWithCnn(recipe, cnn, texts.Tokenizer.VocabularySize, training), recipe.Training);
        if (!resume)
        {
            Checkpoints.LoadAverages(
                RunFolder.Validated(settings.Network).Best, new ParameterSet([.. graph.Parameters.All.Where(CnnGraph.IsOfCnn)]));
            Checkpoints.LoadAverages(
                RunFolder.Validated(recipe.Start!).Best, new ParameterSet([.. graph.Parameters.All.Where(p => !CnnGraph.IsOfCnn(p))]));
        }

        return new(graph, Batches(texts)) { Validation = new FineTuneValidation(recipe, cnn, texts, folder, progress) };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress)
    {
        var (cnn, texts) = (Network(), CaptionTexts.Load(recipe, folder, resume: true, progress.Say));
        var loss = LossOfCaptions.BuildWithCnn(recipe, cnn, texts.Tokenizer.VocabularySize, training: false);
        using var weights = ExportedWeights.Declare(loss);
        Checkpoints.LoadAverages(folder.Best, weights);
        var model = CnnGraph.Write(cnn, weights);
        double difference = CnnParity.Compare(model.ToByteArray(), cnn, weights, Batches(texts).Validation());
        if (!(difference <= CnnParity.Tolerance))
        {
            throw new UserException(
                $"The folded CNN's features differ from the training graph's by {difference:G2}; at most {CnnParity.Tolerance:G2} is "
                + "allowed. Nothing was exported.");
        }

        return CaptionExporter.Export(recipe, texts, Backbone.Of(model, "features"), folder, models, progress);
    }

    private FineTuneBatches Batches(CaptionTexts texts) => new(texts, recipe.Backbone, settings.Augmentation, settings.Memory * 1_000_000L)
    {
        BatchPhotos = Math.Max(1, recipe.Training.BatchSentences * texts.Corpus.Train.Count / texts.Train.Count),
        Seed = (ulong)recipe.Training.Seed,
    };

    /// <summary>Sizes of the CNN, from its training.</summary>
    private ResidualSettings Network()
    {
        var standard = new BackboneSettings();
        var network = RecipeFile.Load(RunFolder.Validated(settings.Network).Recipe) is ICnnRecipe cnn
            ? cnn.Network
            : throw new UserException(
                $"fineTune.network is '{settings.Network}'; it must be a training with task \"{TrainingKinds.TaskOf<ICnnRecipe>()}\".");
        if (network.Size != recipe.Backbone.Size)
            throw new UserException($"backbone.size is {recipe.Backbone.Size}; it must be the size of fineTune.network, {network.Size}.");
        if (!recipe.Backbone.Mean.SequenceEqual(standard.Mean) || !recipe.Backbone.Std.SequenceEqual(standard.Std))
            throw new UserException("backbone.mean and backbone.std must be left out: a CNN of ours has their defaults.");
        return network;
    }
}
