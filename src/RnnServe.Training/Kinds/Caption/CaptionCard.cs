using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>The README of a captioning bundle.</summary>
internal static class CaptionCard
{
    public static string Write(CaptionRecipe recipe, CaptionModel exported, BundleFacts facts)
    {
        var (model, training, grid, cnn) = (recipe.Model, recipe.Training, exported.Grid.Seen, recipe.Backbone);
        string start = recipe.FineTune is null ? "" : "trained on with the captions, from ";
        string behind = cnn.Trained is null ? "" : $", the layers behind it as far as `{cnn.Trained}` trained on with the captions";
        string network = model.Decoder == CaptionDecoderKind.ShowTell
            ? "Show and Tell: the photo is the decoder's first input"
            : $"Show, Attend and Tell: {ModelCard.Word(model.Attention)} attention over {grid.Rows} x {grid.Columns} cells";
        string again = recipe.FineTune is { } fineTune
            ? $"The same with a better CNN: train it as `{Path.GetFileName(fineTune.Network)}`, or name another run in both recipes, "
                + "delete the runs of the last time, then"
            : "The same with another CNN: name it in the recipe's `backbone`, then";
        return Invariant($"""
            # {recipe.Name}

            {recipe.Description}

            - Language: {recipe.Language}
            - Licence: {recipe.Licence}
            - Network: {network}; two {ModelCard.Word(model.Cell)} cells of size {model.Hidden}, embeddings of size {model.Embedding}
            - CNN: {start}`{cnn.Name}`, output `{cnn.Output}`{behind}, photos of {cnn.Size} x {cnn.Size} pixels
            - Vocabulary: {exported.Tokenizer.VocabularySize:N0} tokens
            - Training: {facts.Steps:N0} steps of {training.BatchSentences} captions, seed {training.Seed}
            - Weights: the moving average of the training, stored as 16-bit floats
            - Data: {Path.GetFileName(recipe.Data.Captions)}, photos of {Path.GetFileName(recipe.Data.Train)}

            {ModelCard.Table(facts.Metrics)}

            {again}

            {ModelCard.Commands(recipe.Name, recipe.Start)}

            It has seen the photos of its training data and nothing else: other things get the names of those it knows, with confidence. It
            repeats what its captions hold, prejudice about people included: decide nothing about people with it.

            """);
    }
}
