using RnnServe.Training.Backbones;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Tasks;

/// <summary>Training a captioning model on the features of a frozen CNN.</summary>
internal sealed class CaptionTask(CaptionRecipe recipe) : ITrainingTask
{
    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var backbone = Backbone.Load(recipe.Backbone.Path, recipe.Backbone.Output);
        var data = CaptionData.Load(recipe, backbone, folder, resume, progress);
        var (vocabulary, channels) = (data.Tokenizer.VocabularySize, data.Features.Grid.Channels);
        var graph = new LossGraph(training => LossOfCaptions.Build(recipe, vocabulary, channels, training), recipe.Training);
        return new(graph, data.Batches) { Validation = new CaptionValidation(recipe, backbone, data, folder) };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress) =>
        CaptionExporter.Export(recipe, folder, models, progress);
}
