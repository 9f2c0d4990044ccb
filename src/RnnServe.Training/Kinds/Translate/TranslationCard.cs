using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The README of a translation bundle.</summary>
internal static class TranslationCard
{
    public static string Write(TranslationRecipe recipe, BundleFacts facts)
    {
        var (model, training) = (recipe.Model, recipe.Training);
        string network = $"{model.EncoderLayers}-layer {(model.Bidirectional ? "bidirectional " : "")}{ModelCard.Word(model.Cell)} "
            + $"encoder, two-cell decoder of size {model.Hidden}, attention {ModelCard.Word(model.Attention)}, "
            + $"embeddings of size {model.Embedding}";
        string size = training.BatchTokens > 0 ? Invariant($"{training.BatchTokens:N0} tokens") : $"{training.BatchSentences} sentences";
        return Invariant($"""
            # {recipe.Name}

            {recipe.Description}

            - Languages: {recipe.Languages.Source} to {recipe.Languages.Target}
            - Licence: {recipe.Licence}
            - Network: {network}
            - Training: {facts.Steps:N0} steps of {size}, seed {training.Seed}
            - Weights: the moving average of the training, stored as 16-bit floats
            - Data: {string.Join(", ", TranslationBundle.Files(recipe.Data).Distinct().Select(BundleWriter.DataSet))}

            {ModelCard.Table(facts.Metrics)}

            The same again, from the data that the recipe names:

            {ModelCard.Commands(recipe.Name, recipe.Start)}

            It knows the language of its training data and nothing else: sentences of other kinds are translated badly, and with confidence.

            """);
    }
}
