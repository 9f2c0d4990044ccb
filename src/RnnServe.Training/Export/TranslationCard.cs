using System.Globalization;
using System.Text;
using System.Text.Json;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The README of a translation bundle.</summary>
internal static class TranslationCard
{
    public static string Write(TranslationRecipe recipe, BundleFacts facts)
    {
        var (text, model, training) = (new StringBuilder(), recipe.Model, recipe.Training);
        var network = $"{model.EncoderLayers}-layer {(model.Bidirectional ? "bidirectional " : "")}{Word(model.Cell)} encoder, "
            + $"two-cell decoder of size {model.Hidden}, attention {Word(model.Attention)}, embeddings of size {model.Embedding}";
        Line($"# {recipe.Name}");
        Line($"");
        Line($"{recipe.Description}");
        Line($"");
        Line($"- Languages: {recipe.Languages.Source} to {recipe.Languages.Target}");
        Line($"- Licence: {recipe.Licence}");
        Line($"- Network: {network}");
        Line($"- Training: {facts.Steps:N0} steps of {training.BatchSentences} sentences, seed {training.Seed}");
        Line($"- Weights: the moving average of the training, stored as 16-bit floats");
        Line($"- Data: {string.Join(", ", recipe.Data.Train.Source.Concat(recipe.Data.Train.Target).Select(Path.GetFileName))}");
        Line($"");
        Line($"| data | method | value |");
        Line($"|---|---|---|");
        foreach (var metric in facts.Metrics)
            Line($"{BundleWriter.Row(metric)}");
        Line($"");
        Line($"It knows the language of its training data and nothing else: sentences of other kinds are translated badly, and with confidence.");
        return text.ToString();

        // As recipes have it.
        static string Word(Enum choice) => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString());

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
