using System.Globalization;
using System.Text;
using System.Text.Json;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The README of a captioning bundle.</summary>
internal static class CaptionCard
{
    public static string Write(CaptionRecipe recipe, CaptionModel exported, BundleFacts facts)
    {
        var (text, model, training, grid) = (new StringBuilder(), recipe.Model, recipe.Training, exported.Grid);
        var (cnn, start) = (recipe.Backbone, recipe.FineTune is null ? "" : "trained on with the captions, from ");
        var network = model.Decoder == CaptionDecoderKind.ShowTell
            ? "Show and Tell: the photo is the decoder's first input"
            : $"Show, Attend and Tell: {Word(model.Attention)} attention over {grid.Rows} x {grid.Columns} cells";
        Line($"# {recipe.Name}");
        Line($"");
        Line($"{recipe.Description}");
        Line($"");
        Line($"- Language: {recipe.Language}");
        Line($"- Licence: {recipe.Licence}");
        Line($"- Network: {network}; two {Word(model.Cell)} cells of size {model.Hidden}, embeddings of size {model.Embedding}");
        Line($"- CNN: {start}`{Path.GetFileName(cnn.Path)}`, output `{cnn.Output}`, photos of {cnn.Size} x {cnn.Size} pixels");
        Line($"- Vocabulary: {exported.Tokenizer.VocabularySize:N0} tokens");
        Line($"- Training: {facts.Steps:N0} steps of {training.BatchSentences} captions, seed {training.Seed}");
        Line($"- Weights: the moving average of the training, stored as 16-bit floats");
        Line($"- Data: {Path.GetFileName(recipe.Data.Captions)}, photos of {Path.GetFileName(recipe.Data.Train)}");
        Line($"");
        Line($"| data | method | value |");
        Line($"|---|---|---|");
        foreach (var metric in facts.Metrics)
            Line($"{BundleWriter.Row(metric)}");
        Line($"");
        Line($"{Again(recipe.FineTune)}");
        Line($"");
        Line($"```");
        Line($"dotnet run --project src/RnnServe.Training -c Release -- train {string.Join(' ', Stages(recipe).Select(stage => $"src/RnnServe.Training/Recipes/{stage}.json"))}");
        Line($"dotnet run --project src/RnnServe.Training -c Release -- export runs/{recipe.Name}");
        Line($"```");
        Line($"");
        Line($"It has seen the photos of its training data and nothing else: other things get the names of those it knows, with confidence. It");
        Line($"repeats what its captions hold, prejudice about people included: decide nothing about people with it.");
        return text.ToString();

        static string Again(FineTuneSettings? fineTune) => fineTune is null
            ? "The same with another CNN: name it in the recipe's `backbone`, then"
            : $"The same with a better CNN: train it as `{Path.GetFileName(fineTune.Network)}`, or name another run in both recipes, delete the runs of the last time, then";

        // A training that goes on from another one comes after it.
        static IEnumerable<string> Stages(CaptionRecipe recipe) =>
            recipe.Start is { } start ? [Path.GetFileName(start), recipe.Name] : [recipe.Name];

        // As recipes have it.
        static string Word(Enum choice) => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString());

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
