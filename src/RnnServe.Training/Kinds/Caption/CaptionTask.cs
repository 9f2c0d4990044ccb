using RnnServe.Inference.Search;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
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
            ByPhoto = features.Grid.Trained is not null,
            BatchSentences = recipe.Training.BatchSentences,
            Mirror = recipe.Data.Mirror,
            Seed = (ulong)recipe.Training.Seed,
            Tokens = texts.SpecialTokens,
        };
        int vocabulary = texts.Tokenizer.VocabularySize;
        var graph = new LossGraph(training => LossOfCaptions.Build(recipe, vocabulary, features.Grid, training), recipe.Training);
        if (!resume && recipe.Start is { } start)
            Load(RunFolder.Validated(start), graph);
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

    /// <summary>Loads the weights of another training; layers that it did not train stay as they are in the CNN.</summary>
    private static void Load(RunFolder start, LossGraph graph)
    {
        bool all = RecipeFile.Load(start.Recipe) is CaptionRecipe { Backbone.Trained: not null };
        Checkpoints.LoadAverages(start.Best, new([.. graph.Parameters.All.Where(p => all || !CnnGraph.IsOfCnn(p))]));
    }

    private SelfCriticalBatches BatchesOfOwnCaptions(
        SelfCriticalSettings settings,
        CaptionBatches batches,
        CaptionTexts texts,
        PhotoFeatures features,
        LossGraph graph,
        ProgressReport progress)
    {
        var searched = recipe with
        {
            Decoding = recipe.Decoding with { LengthPenalty = settings.LengthPenalty ?? recipe.Decoding.LengthPenalty },
        };
        var reward = new CaptionReward([.. texts.Corpus.Train.Select(photo => photo.Captions)]);
        return new(batches, texts.Corpus.Train.Count, Search, reward, texts.Tokenizer)
        {
            BatchPhotos = recipe.Training.BatchSentences / settings.Hypotheses,
            Say = progress.Say,
        };

        IReadOnlyList<IReadOnlyList<Hypothesis>> Search(IReadOnlyList<(int Photo, bool Mirrored)> views)
        {
            using var read = features.Read(views);
            using var search = new CaptionSearch(searched, texts.Tokenizer, features.Grid, graph.Parameters);
            return search.Search(read, settings.Hypotheses, best: settings.Hypotheses);
        }
    }
}
