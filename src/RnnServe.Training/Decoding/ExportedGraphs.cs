using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Decoding;

/// <summary>The encoder and the decoder of a bundle as ONNX models, with the weights inside, stored as 16-bit floats.</summary>
/// <param name="Encoder">source, source_mask, or image, or an image's features → memory, keys, first states.</param>
/// <param name="Decoder">token, states, memory, keys, mask → logits, next states, attention.</param>
/// <param name="StateNames">Names of the decoder's states.</param>
/// <param name="Hidden">Size of each state.</param>
/// <param name="MemorySize">Size of a memory row; 0 without attention.</param>
/// <param name="KeySize">Size of a key; 0 without attention.</param>
internal sealed record ExportedGraphs(
    byte[] Encoder, byte[] Decoder, IReadOnlyList<string> StateNames, int Hidden, int MemorySize, int KeySize)
{
    /// <summary>Builds both graphs of a network that was built in the context of <see cref="Context"/>.</summary>
    /// <param name="input">Inputs of the encoder.</param>
    /// <param name="memory">What it makes of them.</param>
    /// <param name="decoder">The decoder of the same network.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="finish">Changes the encoder's graph at last; null: it stays.</param>
    public static ExportedGraphs Build(
        Value[] input, EncoderMemory memory, RecurrentDecoder decoder, ParameterSet weights, Func<ModelProto, ModelProto>? finish = null)
    {
        var encoder = Write("encoder", input, EncoderOutputs(memory, decoder), weights);
        var (memorySize, keySize) = decoder.HasAttention ? (decoder.MemorySize, decoder.KeySize) : (0, 0);
        return new(
            (finish?.Invoke(encoder) ?? encoder).ToByteArray(),
            DecoderGraph(decoder, memory.Values?.Bound, weights).ToByteArray(),
            decoder.StateNames,
            decoder.Hidden,
            memorySize,
            keySize);
    }

    /// <summary>What an exported network is built in: without dropout.</summary>
    public static LayerContext Context() => new(ElementType.Float, training: false);

    /// <summary>The decoder's part of a manifest.</summary>
    /// <param name="tokenizer">Of the output.</param>
    public DecoderManifest Manifest(Tokenizer tokenizer)
    {
        var tokens = Tokenizers.SpecialTokensOf(tokenizer);
        return new()
        {
            VocabularySize = tokenizer.VocabularySize,
            StartId = tokens.Start,
            EndId = tokens.End,
            PadId = tokens.Pad,
            UnknownId = tokenizer.UnknownId,
            States = [.. StateNames.Select(state => new StateManifest { Name = state, Size = Hidden })],
            Attention = MemorySize > 0,
            MemorySize = MemorySize,
            KeySize = KeySize,
        };
    }

    private static (string, Value)[] EncoderOutputs(EncoderMemory memory, RecurrentDecoder decoder)
    {
        var outputs = decoder.StateNames.Select((name, i) => ($"{name}_0", memory.States[i]));
        return memory.Values is null ? [.. outputs] : [("memory", memory.Values), ("keys", memory.Keys!), .. outputs];
    }

    private static ModelProto DecoderGraph(RecurrentDecoder decoder, double? bound, ParameterSet weights)
    {
        var token = Value.Input("token", ElementType.Int64, "N");
        var states = decoder.StateInputs();
        var memory = Value.Input("memory", ElementType.Float, "B", "S", decoder.MemorySize).Bounded(bound);
        var keys = Value.Input("keys", ElementType.Float, "B", "S", decoder.KeySize);
        var mask = Value.Input("mask", ElementType.Float, "B", "S");
        var (logits, next, attention) = decoder.Next(token, states, new(memory, keys, states), mask);

        var outputs = decoder.StateNames.Select((name, i) => ($"{name}_next", next[i])).Prepend(("logits", logits));
        if (attention is not null)
            outputs = outputs.Append(("attention", attention));
        Value[] inputs = decoder.HasAttention ? [token, .. states, memory, keys, mask] : [token, .. states];
        return Write("decoder", inputs, [.. outputs], weights);
    }

    /// <summary>Writes a graph that holds its weights, as 16-bit floats.</summary>
    public static ModelProto Write(string name, Value[] inputs, (string, Value)[] outputs, ParameterSet weights) => OnnxWriter.Write(
        name,
        inputs,
        outputs,
        (graph, p) => HalfWeights.Add(graph, p.Name!, weights[p.Name!].Shape, weights[p.Name!].Value.AsSpan<float>()));
}
