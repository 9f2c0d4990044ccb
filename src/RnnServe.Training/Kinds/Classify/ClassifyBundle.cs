using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>The files and the manifest of a classifier's bundle, and its README.</summary>
internal static class ClassifyBundle
{
    private const string TokenizerName = "tokenizer.json";

    public static BundleContent Create(ClassifyRecipe recipe, Tokenizer tokenizer, byte[] graph, BundleFacts facts)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleWriter.Encoder] = graph,
            [TokenizerName] = tokenizer.ToJson(),
        };
        return new(Manifest(recipe, tokenizer, facts), files);
    }

    /// <param name="recipe">The recipe.</param>
    /// <param name="facts">With the scores.</param>
    /// <param name="measured">Which labels were taken for which, by the texts' file.</param>
    public static string Card(ClassifyRecipe recipe, BundleFacts facts, IEnumerable<(LabelledSet Set, Confusion Confusion)> measured)
    {
        var (model, training) = (recipe.Model, recipe.Training);
        string network = $"{model.Layers}-layer {(model.Bidirectional ? "bidirectional " : "")}{ModelCard.Word(model.Cell)} of size "
            + $"{model.Hidden}, {ModelCard.Word(model.Pooling)} pooling, embeddings of size {model.Embedding}";
        var tables = measured.Select(found => $"{found.Set.Name}, fp32:\n\n{ConfusionReport.Table(found.Confusion)}\n");
        return Invariant($"""
            # {recipe.Name}

            {recipe.Description}

            - Language: {recipe.Languages.Source}
            - Labels: {string.Join(", ", recipe.Labels.Select(label => label.Name))}
            - Licence: {recipe.Licence}
            - Network: {network}
            - Training: {facts.Steps:N0} steps of {training.BatchSentences} texts, seed {training.Seed}
            - Weights: the moving average of the training, stored as 16-bit floats
            - Data: {string.Join(", ", recipe.Data.Train.Select(Path.GetFileName))}

            It knows the language of its training data and nothing else: texts of other kinds get a label too, and with confidence.

            {string.Join('\n', tables)}
            {ModelCard.Table(facts.Metrics)}

            """);
    }

    private static ClassifyManifest Manifest(ClassifyRecipe recipe, Tokenizer tokenizer, BundleFacts facts) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = recipe.Name,
        Task = ClassifyRecipe.TaskName,
        Languages = new() { Source = recipe.Languages.Source },
        Description = recipe.Description,
        Licence = recipe.Licence,
        Priority = recipe.Priority,
        Graphs = new() { Default = PrecisionSet.FullName, Full = new() { Encoder = BundleWriter.Encoder } },
        Classify = new()
        {
            Tokenizer = TokenizerName,
            VocabularySize = tokenizer.VocabularySize,
            PadId = Tokenizers.SpecialTokensOf(tokenizer).Pad,
            Labels = [.. recipe.Labels.Select(label => label.Name)],
            Attention = recipe.Model.Pooling == Pooling.Attention,
        },
        Metrics = facts.Metrics,
        Training = BundleWriter.Training(recipe, recipe.Data.Train, facts),
        Files = [],
        Canary = facts.Canary,
    };
}
