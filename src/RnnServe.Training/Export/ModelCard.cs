using System.Globalization;
using System.Text;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The README of a bundle.</summary>
internal static class ModelCard
{
    public static string Write(TranslationRecipe recipe, BundleFacts facts)
    {
        var text = new StringBuilder();
        Line($"# {recipe.Name}");
        Line($"");
        Line($"{recipe.Description}");
        Line($"");
        Line($"- Languages: {recipe.Languages.Source} to {recipe.Languages.Target}");
        Line($"- Licence: {recipe.Licence}");
        Line($"- Network: {recipe.Model.EncoderLayers}-layer {(recipe.Model.Bidirectional ? "bidirectional " : "")}{recipe.Model.Cell} encoder, two-cell decoder of size {recipe.Model.Hidden}, attention {recipe.Model.Attention}, embeddings of size {recipe.Model.Embedding}");
        Line($"- Training: {facts.Steps:N0} steps of {recipe.Training.BatchSentences} sentences, seed {recipe.Training.Seed}; weights averaged, stored as 16-bit floats");
        Line($"- Data: {string.Join(", ", recipe.Data.Train.Source.Concat(recipe.Data.Train.Target).Select(Path.GetFileName))}");
        Line($"");
        Line($"| data | method | value |");
        Line($"|---|---|---|");
        foreach (var metric in facts.Metrics)
            Line($"| {metric.DataSet} | {metric.Method.Replace("|", "\\|", StringComparison.Ordinal)} | {metric.Value:F2} |");
        Line($"");
        Line($"It knows the language of its training data and nothing else: sentences of other kinds are translated badly, and with confidence.");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
