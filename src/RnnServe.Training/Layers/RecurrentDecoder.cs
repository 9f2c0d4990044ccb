using RnnServe.Training.Graphs;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Layers;

/// <summary>What the encoder hands to the decoder.</summary>
/// <param name="Values">Encoder memory [B, S, M]; null without attention.</param>
/// <param name="Keys">[B, S, A]; null without attention.</param>
/// <param name="States">First decoder states [B, H] in the order of <see cref="RecurrentDecoder.StateNames"/>.</param>
internal sealed record EncoderMemory(Value? Values, Value? Keys, IReadOnlyList<Value> States);

/// <summary>What a decoder is built around.</summary>
/// <param name="MemorySize">Size of a memory row, M.</param>
/// <param name="Vocabulary">Number of tokens, V.</param>
/// <param name="Table">Name of the embedding table; an encoder that uses the same name shares it.</param>
internal sealed record DecoderFrame(int MemorySize, int Vocabulary, string Table);

/// <summary>The recurrent decoder, whatever it describes. The first cell reads the embeddings alone; its output asks the attention; the
/// second cell reads that output and the context. Because attention does not feed the first cell, both recurrences and the attention run
/// over whole sequences while training with teacher forcing.</summary>
/// <remarks>One object builds graphs in one context: weights of the same name are shared between the graphs' parts.</remarks>
internal sealed class RecurrentDecoder
{
    private readonly LayerContext context;
    private readonly IDecoderSettings settings;
    private readonly IDecoderDropout dropout;
    private readonly DecoderFrame frame;
    private readonly Recurrence first;
    private readonly Recurrence second;
    private readonly Attention? attention;

    public RecurrentDecoder(LayerContext context, IDecoderSettings settings, IDecoderDropout dropout, DecoderFrame frame)
    {
        (this.context, this.settings, this.dropout, this.frame) = (context, settings, dropout, frame);
        first = new(context, "decoder.first", settings.Cell, settings.Hidden);
        second = new(context, "decoder.second", settings.Cell, settings.Hidden);
        attention = settings.Attention == AttentionKind.None ? null : new(context, "attention", settings.Attention, KeySize);
    }

    public bool HasAttention => attention is not null;

    /// <summary>Size of a state, H.</summary>
    public int Hidden => settings.Hidden;

    /// <summary>Size of a memory row, M.</summary>
    public int MemorySize => frame.MemorySize;

    /// <summary>Size of a key, A.</summary>
    public int KeySize => settings.Attention switch
    {
        AttentionKind.Additive => settings.AttentionSize,
        AttentionKind.General => settings.Hidden,
        _ => frame.MemorySize,
    };

    /// <summary>Names of the state tensors, [rows, H] each.</summary>
    public IReadOnlyList<string> StateNames => first.States == 1 ? ["state1", "state2"] : ["state1", "cell1", "state2", "cell2"];

    /// <summary>The states before a step as inputs of a graph.</summary>
    public Value[] StateInputs() =>
        [.. StateNames.Select(name => Value.Input(name, context.Type, "N", Hidden)).Chunk(first.States).SelectMany(Cell.Bounded)];

    /// <summary>Memory [B, S, M] with its keys, and the states that a summary of it [B, M] starts.</summary>
    public EncoderMemory Start(Value memory, Value summary) => new(memory, attention!.Keys(memory), FirstStates(summary));

    /// <summary>First states, tanh(W summary + b), of a summary [B, any size].</summary>
    public Value[] FirstStates(Value summary) =>
        [.. StateNames.Select(state => context.Linear($"decoder.start.{state}", summary, settings.Hidden).Tanh())];

    /// <summary>States after one step from zeros that reads x [B, E] in a token's place.</summary>
    public Value[] StatesAfter(Value x)
    {
        var zeros = Ops.Zeros(
            Ops.Concat(0, x.ShapeOf(0, 1), Value.Constant(settings.Hidden)), context.Type, x.Shape.With(-1, settings.Hidden));
        Value[] none = [.. Enumerable.Repeat(zeros, first.States)];
        var after = first.Next(x, none);
        return [.. after, .. second.Next(context.Dropout(after[0], dropout.Decoder), none)];
    }

    /// <summary>What makes logits of readouts.</summary>
    public OutputLayer Output => new(
        settings.TieEmbeddings
            ? Table
            : context.Parameter("decoder.output.weight", Initialization.Glorot(), frame.Vocabulary, settings.Embedding),
        context.Parameter("decoder.output.bias", Initialization.Zero, frame.Vocabulary));

    /// <summary>The readout of every target position given the true tokens before it (teacher forcing).</summary>
    /// <param name="target">int64 [B, T], the start token first.</param>
    /// <param name="memory">Of the same B.</param>
    /// <param name="mask">[B, S], 0 for a token, -1e9 for padding; null: no padding.</param>
    /// <returns>Readouts [T × B, E], position by position, and attention weights [B, T, S] or null.</returns>
    public (Value Readouts, Value? Attention) Readouts(Value target, EncoderMemory memory, Value? mask)
    {
        int half = first.States;
        var embedded = context.Dropout(Table.Gather(target.Transpose(1, 0)), dropout.Embedding);
        var (y1, _) = first.Over(embedded, [.. memory.States.Take(half)]);
        Value? seen = null, weights = null;
        if (attention is not null)
        {
            (var contexts, weights) = attention.Over(y1.Transpose(1, 0, 2), memory.Values!, memory.Keys!, mask);
            seen = contexts.Transpose(1, 0, 2);
        }

        var dropped = context.Dropout(y1, dropout.Decoder);
        var (y2, _) = second.Over(With(dropped, seen), [.. memory.States.Skip(half)]);
        return (Readout(context.Dropout(y1 + y2, dropout.Decoder), seen, embedded).Rows(), weights);
    }

    /// <summary>One step on N = B × K rows, K beams of a sentence next to one another.</summary>
    /// <param name="token">int64 [N].</param>
    /// <param name="states">[N, H] each, in the order of <see cref="StateNames"/>.</param>
    /// <param name="memory">Values and keys of the B sentences.</param>
    /// <param name="mask">[B, S], 0 for a token, -1e9 for padding.</param>
    /// <returns>Logits [N, V], the states after the step, attention weights [N, S] or null.</returns>
    public (Value Logits, IReadOnlyList<Value> States, Value? Attention) Next(
        Value token, IReadOnlyList<Value> states, EncoderMemory memory, Value mask)
    {
        int half = first.States;
        var embedded = Table.Gather(token);
        var after1 = first.Next(embedded, [.. states.Take(half)]);
        Value? seen = null, weights = null;
        if (attention is not null)
            (seen, weights) = AttendRows(after1[0], memory, mask);
        var after2 = second.Next(With(after1[0], seen), [.. states.Skip(half)]);
        return (Output.Logits(Readout(after1[0] + after2[0], seen, embedded)), [.. after1, .. after2], weights);
    }

    private Value Table => context.EmbeddingTable(frame.Table, frame.Vocabulary, settings.Embedding);

    // Rows [N, H] as [B, K, H]: K is whatever N / B is at run time.
    private (Value Seen, Value Weights) AttendRows(Value query, EncoderMemory memory, Value mask)
    {
        var sentences = memory.Values!.ShapeOf(0, 1);
        var beams = query.Reshape(Ops.Concat(0, sentences, Value.Constant(-1, settings.Hidden)), new("B", "K", settings.Hidden));
        var (seen, weights) = attention!.Over(beams, memory.Values!, memory.Keys!, mask);
        var positions = Ops.Concat(0, Value.Constant(-1L), mask.ShapeOf(1, 2));
        return (seen.Reshape(Value.Constant(-1, MemorySize), new("N", MemorySize)), weights.Reshape(positions, new("N", "S")));
    }

    private Value Readout(Value y, Value? seen, Value embedded)
    {
        var readout = context.Linear("decoder.readout", Ops.Concat(-1, [With(y, seen), embedded]), settings.Embedding);
        if (settings.LayerNormalisation)
            readout = context.LayerNormalisation("decoder.readout.norm", readout);
        return context.Dropout(readout.Tanh(), dropout.Readout);
    }

    private static Value With(Value y, Value? seen) => seen is null ? y : Ops.Concat(-1, y, seen);
}
