using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Models;

/// <summary>What the encoder hands to the decoder.</summary>
/// <param name="Values">Encoder memory [B, S, M]; null without attention.</param>
/// <param name="Keys">[B, S, A]; null without attention.</param>
/// <param name="States">First decoder states [B, H] in the order of <see cref="TranslationNetwork.StateNames"/>.</param>
internal sealed record EncoderMemory(Value? Values, Value? Keys, IReadOnlyList<Value> States);

/// <summary>
/// Encoder-decoder for text. The encoder is a stack of (bidirectional) recurrent layers. The decoder's first cell reads the target
/// embeddings alone; its output asks the attention; the second cell reads that output and the context. Because attention does not
/// feed the first cell, both recurrences and the attention run over whole sequences while training with teacher forcing.
/// </summary>
/// <remarks>One object builds graphs in one context: weights of the same name are shared between the graphs' parts.</remarks>
internal sealed class TranslationNetwork
{
    private readonly LayerContext context;
    private readonly ModelSettings model;
    private readonly DropoutSettings dropout;
    private readonly VocabularySizes vocabularies;
    private readonly Recurrence first;
    private readonly Recurrence second;
    private readonly Attention? attention;

    public TranslationNetwork(LayerContext context, ModelSettings model, DropoutSettings dropout, VocabularySizes vocabularies)
    {
        (this.context, this.model, this.dropout, this.vocabularies) = (context, model, dropout, vocabularies);
        first = new(context, "decoder.first", model.Cell, model.Hidden);
        second = new(context, "decoder.second", model.Cell, model.Hidden);
        attention = model.Attention == AttentionKind.None ? null : new(context, "attention", model.Attention, KeySize);
    }

    public bool HasAttention => attention is not null;

    /// <summary>Size of a memory row, M.</summary>
    public int MemorySize => model.EncoderHidden * (model.Bidirectional ? 2 : 1);

    /// <summary>Size of a key, A.</summary>
    public int KeySize => model.Attention switch
    {
        AttentionKind.Additive => model.AttentionSize,
        AttentionKind.General => model.Hidden,
        _ => MemorySize,
    };

    /// <summary>Names of the decoder's state tensors, [rows, H] each.</summary>
    public IReadOnlyList<string> StateNames => first.States == 1 ? ["state1", "state2"] : ["state1", "cell1", "state2", "cell2"];

    /// <summary>Encodes sentences.</summary>
    /// <param name="source">int64 [B, S].</param>
    /// <param name="mask">[B, S], 1 = token, 0 = padding.</param>
    public EncoderMemory Encode(Value source, Value mask)
    {
        var timeMask = mask.Transpose(1, 0).Unsqueeze(-1);
        var x = context.Dropout(SourceTable.Gather(source.Transpose(1, 0)), dropout.Embedding);
        var last = new List<Value>();
        for (var layer = 0; layer < model.EncoderLayers; layer++)
            x = EncoderLayer(layer, x, timeMask, last);

        if (attention is null)
            return new(null, null, FirstStates(last.Count == 1 ? last[0] : Ops.Concat(-1, [.. last])));
        var memory = x.Transpose(1, 0, 2);
        var weight = mask.Unsqueeze(-1);
        return new(memory, attention.Keys(memory), FirstStates((memory * weight).Sum(false, 1) / weight.Sum(false, 1)));
    }

    /// <summary>Logits of every target position given the true tokens before it (teacher forcing).</summary>
    /// <param name="target">int64 [B, T], the start token first.</param>
    /// <param name="memory">From <see cref="Encode"/>.</param>
    /// <param name="mask">[B, S], 0 for a token, -1e9 for padding.</param>
    /// <returns>[T × B, V], position by position.</returns>
    public Value Logits(Value target, EncoderMemory memory, Value mask)
    {
        var half = first.States;
        var embedded = context.Dropout(TargetTable.Gather(target.Transpose(1, 0)), dropout.Embedding);
        var (y1, _) = first.Over(embedded, [.. memory.States.Take(half)]);
        var seen = attention?.Over(y1.Transpose(1, 0, 2), memory.Values!, memory.Keys!, mask).Context.Transpose(1, 0, 2);
        var dropped = context.Dropout(y1, dropout.Decoder);
        var (y2, _) = second.Over(With(dropped, seen), [.. memory.States.Skip(half)]);
        return Output(Readout(context.Dropout(y1 + y2, dropout.Decoder), seen, embedded).Rows());
    }

    /// <summary>One step of the decoder on N = B × K rows, K beams of a sentence next to one another.</summary>
    /// <param name="token">int64 [N].</param>
    /// <param name="states">[N, H] each, in the order of <see cref="StateNames"/>.</param>
    /// <param name="memory">Values and keys of the B sentences.</param>
    /// <param name="mask">[B, S], 0 for a token, -1e9 for padding.</param>
    /// <returns>Logits [N, V], the states after the step, attention weights [N, S] or null.</returns>
    public (Value Logits, IReadOnlyList<Value> States, Value? Attention) Next(
        Value token, IReadOnlyList<Value> states, EncoderMemory memory, Value mask)
    {
        var half = first.States;
        var embedded = TargetTable.Gather(token);
        var after1 = first.Next(embedded, [.. states.Take(half)]);
        Value? seen = null, weights = null;
        if (attention is not null)
            (seen, weights) = AttendRows(after1[0], memory, mask);
        var after2 = second.Next(With(after1[0], seen), [.. states.Skip(half)]);
        return (Output(Readout(after1[0] + after2[0], seen, embedded)), [.. after1, .. after2], weights);
    }

    private Value SourceTable => model.ShareEmbeddings
        ? TargetTable
        : context.EmbeddingTable("encoder.embedding", vocabularies.Source, model.Embedding);

    private Value TargetTable => context.EmbeddingTable(
        model.ShareEmbeddings ? "embedding" : "decoder.embedding", vocabularies.Target, model.Embedding);

    private Value EncoderLayer(int layer, Value x, Value mask, List<Value> last)
    {
        // A layer's last states replace those of the layer below: only the top layer's start the decoder.
        last.Clear();
        var directions = new List<Value>();
        foreach (var reversed in model.Bidirectional ? new[] { false, true } : [false])
        {
            var name = $"encoder.{layer}.{(reversed ? "backward" : "forward")}";
            var (outputs, states) = new Recurrence(context, name, model.Cell, model.EncoderHidden).Over(x, mask: mask, reversed: reversed);
            directions.Add(outputs);
            last.Add(states[0]);
        }

        var y = directions.Count == 1 ? directions[0] : Ops.Concat(-1, [.. directions]);

        // Without attention nobody reads the outputs of the top layer, and its normalisation would have nothing to learn from.
        if (model.LayerNormalisation && (attention is not null || layer < model.EncoderLayers - 1))
            y = context.LayerNormalisation($"encoder.{layer}.norm", y);
        return context.Dropout(y, dropout.Encoder);
    }

    private Value[] FirstStates(Value summary) =>
        [.. StateNames.Select(state => context.Linear($"decoder.start.{state}", summary, model.Hidden).Tanh())];

    // Rows [N, H] as [B, K, H]: K is whatever N / B is at run time.
    private (Value Seen, Value Weights) AttendRows(Value query, EncoderMemory memory, Value mask)
    {
        var sentences = memory.Values!.ShapeOf(0, 1);
        var beams = query.Reshape(Ops.Concat(0, sentences, Value.Constant(-1, model.Hidden)), new("B", "K", model.Hidden));
        var (seen, weights) = attention!.Over(beams, memory.Values!, memory.Keys!, mask);
        var positions = Ops.Concat(0, Value.Constant(-1L), mask.ShapeOf(1, 2));
        return (seen.Reshape(Value.Constant(-1, MemorySize), new("N", MemorySize)), weights.Reshape(positions, new("N", "S")));
    }

    private Value Readout(Value y, Value? seen, Value embedded)
    {
        var readout = context.Linear("decoder.readout", Ops.Concat(-1, [With(y, seen), embedded]), model.Embedding);
        if (model.LayerNormalisation)
            readout = context.LayerNormalisation("decoder.readout.norm", readout);
        return context.Dropout(readout.Tanh(), dropout.Readout);
    }

    private Value Output(Value rows)
    {
        var weights = model.TieEmbeddings
            ? TargetTable
            : context.Parameter("decoder.output.weight", Initialization.Glorot(), vocabularies.Target, model.Embedding);
        return Ops.Gemm(rows, weights, transB: true) + context.Parameter("decoder.output.bias", Initialization.Zero, vocabularies.Target);
    }

    private static Value With(Value y, Value? seen) => seen is null ? y : Ops.Concat(-1, y, seen);
}
