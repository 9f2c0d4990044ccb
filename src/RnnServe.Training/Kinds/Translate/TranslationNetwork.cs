using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Encoder-decoder for text: a stack of (bidirectional) recurrent layers, then the recurrent decoder.</summary>
/// <remarks>One object builds graphs in one context: weights of the same name are shared between the graphs' parts.</remarks>
internal sealed class TranslationNetwork(LayerContext context, ModelSettings model, DropoutSettings dropout, VocabularySizes vocabularies)
{
    public RecurrentDecoder Decoder { get; } = new(
        context, model, dropout, new(model.EncoderHidden * (model.Bidirectional ? 2 : 1), vocabularies.Target, TargetTable(model)));

    /// <summary>Encodes sentences.</summary>
    /// <param name="source">int64 [B, S].</param>
    /// <param name="mask">[B, S], 1 = token, 0 = padding.</param>
    public EncoderMemory Encode(Value source, Value mask)
    {
        var timeMask = mask.Transpose(1, 0).Unsqueeze(-1);
        var table = context.EmbeddingTable(
            model.ShareEmbeddings ? TargetTable(model) : "encoder.embedding", SourceVocabulary, model.Embedding);
        var x = context.Dropout(table.Gather(source.Transpose(1, 0)), dropout.Embedding);
        var last = new List<Value>();
        for (int layer = 0; layer < model.EncoderLayers; layer++)
            x = EncoderLayer(layer, x, timeMask, last);

        if (!Decoder.HasAttention)
            return new(null, null, Decoder.FirstStates(last.Count == 1 ? last[0] : Ops.Concat(-1, [.. last])));
        var memory = x.Transpose(1, 0, 2);
        var weight = mask.Unsqueeze(-1);
        var summary = (memory * weight).Sum(false, 1) / weight.Sum(false, 1);

        // Outputs of cells, and a mean of them; what a normalisation gives has no bound.
        double? bound = model.LayerNormalisation ? null : Cell.Bound;
        return Decoder.Start(memory.Bounded(bound), summary.Bounded(bound));
    }

    private static string TargetTable(ModelSettings model) => model.ShareEmbeddings ? "embedding" : "decoder.embedding";

    private int SourceVocabulary => model.ShareEmbeddings ? vocabularies.Target : vocabularies.Source;

    private Value EncoderLayer(int layer, Value x, Value mask, List<Value> last)
    {
        // A layer's last states replace those of the layer below: only the top layer's start the decoder.
        last.Clear();
        var directions = new List<Value>();
        foreach (bool reversed in model.Bidirectional ? new[] { false, true } : [false])
        {
            string name = $"encoder.{layer}.{(reversed ? "backward" : "forward")}";
            var (outputs, states) = new Recurrence(context, name, model.Cell, model.EncoderHidden).Over(x, mask: mask, reversed: reversed);
            directions.Add(outputs);
            last.Add(states[0]);
        }

        var y = directions.Count == 1 ? directions[0] : Ops.Concat(-1, [.. directions]);

        // Without attention nobody reads the outputs of the top layer, and its normalisation would have nothing to learn from.
        if (model.LayerNormalisation && (Decoder.HasAttention || layer < model.EncoderLayers - 1))
            y = context.LayerNormalisation($"encoder.{layer}.norm", y);
        return context.Dropout(y, dropout.Encoder);
    }
}
