using RnnServe.Inference.Search;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Training a captioning model on the features of a frozen CNN.</summary>
internal sealed class CaptionTask(CaptionRecipe recipe) : ITrainingTask
{
    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var backbone = Backbone.Load(recipe.Backbone);
        var texts = CaptionTexts.Load(recipe, folder, resume, progress.Say);
        string[] photos = [.. texts.Corpus.Train.Concat(texts.Corpus.Validation).Select(p => p.Path)];
        var features = PhotoFeatures.Open(backbone, recipe.Backbone, photos, folder.Features, recipe.Training.Execution(), progress);
        var batches = new CaptionBatches(features, texts.Train, texts.Validation)
        {
            BatchSentences = recipe.Training.BatchSentences,
            Mirror = recipe.Data.Mirror,
            Seed = (ulong)recipe.Training.Seed,
            Tokens = texts.SpecialTokens,
        };
        var (vocabulary, channels) = (texts.Tokenizer.VocabularySize, features.Grid.Channels);
        var graph = new LossGraph(training => LossOfCaptions.Build(recipe, vocabulary, channels, training), recipe.Training);
        if (!resume && recipe.Start is { } start)
            Checkpoints.LoadAverages(RunFolder.Validated(start).Best, graph.Parameters);
        var learnt = recipe.SelfCritical is { } settings
            ? BatchesOfOwnCaptions(settings, batches, texts, features, graph, progress)
            : (IBatchSource)batches;
        return new(graph, learnt) { Validation = new CaptionValidation(recipe, texts, features) };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress)
    {
        var backbone = Backbone.Load(recipe.Backbone);
        return CaptionExporter.Export(
            recipe, CaptionTexts.Load(recipe, folder, resume: true, progress.Say), backbone, folder, models, progress);
    }

    private SelfCriticalBatches BatchesOfOwnCaptions(
        SelfCriticalSettings settings,
        CaptionBatches batches,
        CaptionTexts texts,
        PhotoFeatures features,
        LossGraph graph,
        ProgressReport progress)
    {
        var reward = new CaptionReward([.. texts.Corpus.Train.Select(photo => photo.Captions)]);
        return new(batches, texts.Corpus.Train.Count, Search, reward, texts.Tokenizer)
        {
            BatchPhotos = recipe.Training.BatchSentences / settings.Hypotheses,
            Say = progress.Say,
        };

        IReadOnlyList<IReadOnlyList<Hypothesis>> Search(IReadOnlyList<(int Photo, bool Mirrored)> views)
        {
            using var read = features.Read(views);
            using var search = new CaptionSearch(recipe, texts.Tokenizer, features.Grid, graph.Parameters);
            return search.Search(read, settings.Hypotheses, best: settings.Hypotheses);
        }
    }
}
