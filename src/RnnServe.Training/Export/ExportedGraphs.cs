using System.Runtime.InteropServices;
using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The encoder and the decoder of a bundle as ONNX models, with the weights inside.</summary>
/// <param name="Encoder">source, source_mask → memory, keys, first states.</param>
/// <param name="Decoder">token, states, memory, keys, mask → logits, next states, attention.</param>
/// <param name="StateNames">Names of the decoder's states.</param>
/// <param name="MemorySize">Size of a memory row; 0 without attention.</param>
/// <param name="KeySize">Size of a key; 0 without attention.</param>
internal sealed record ExportedGraphs(byte[] Encoder, byte[] Decoder, IReadOnlyList<string> StateNames, int MemorySize, int KeySize)
{
    /// <summary>Builds both graphs of a recipe's model.</summary>
    /// <param name="recipe">The network.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="weights">The weights, whose values are stored as 16-bit floats.</param>
    public static ExportedGraphs Build(TranslationRecipe recipe, VocabularySizes vocabularies, ParameterSet weights)
    {
        var network = Network(recipe, vocabularies);
        var sizes = network.HasAttention ? (network.MemorySize, network.KeySize) : (0, 0);
        return new(
            EncoderGraph(network, weights), DecoderGraph(network, recipe.Model.Hidden, weights), network.StateNames, sizes.Item1, sizes.Item2);
    }

    private static TranslationNetwork Network(TranslationRecipe recipe, VocabularySizes vocabularies) =>
        new(new LayerContext(ElementType.Float, training: false), recipe.Model, recipe.Dropout, vocabularies);

    private static byte[] EncoderGraph(TranslationNetwork network, ParameterSet weights)
    {
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var mask = Value.Input("source_mask", ElementType.Float, "B", "S");
        var memory = network.Encode(source, mask);
        var outputs = network.StateNames.Select((name, i) => ($"{name}_0", memory.States[i]));
        if (memory.Values is not null)
            outputs = outputs.Prepend(("keys", memory.Keys!)).Prepend(("memory", memory.Values));
        return Write("encoder", [source, mask], [.. outputs], weights);
    }

    private static byte[] DecoderGraph(TranslationNetwork network, int hidden, ParameterSet weights)
    {
        var token = Value.Input("token", ElementType.Int64, "N");
        Value[] states = [.. network.StateNames.Select(name => Value.Input(name, ElementType.Float, "N", hidden))];
        var memory = Value.Input("memory", ElementType.Float, "B", "S", network.MemorySize);
        var keys = Value.Input("keys", ElementType.Float, "B", "S", network.KeySize);
        var mask = Value.Input("mask", ElementType.Float, "B", "S");
        var (logits, next, attention) = network.Next(token, states, new(memory, keys, states), mask);

        var outputs = network.StateNames.Select((name, i) => ($"{name}_next", next[i])).Prepend(("logits", logits));
        if (attention is not null)
            outputs = outputs.Append(("attention", attention));
        Value[] inputs = network.HasAttention ? [token, .. states, memory, keys, mask] : [token, .. states];
        return Write("decoder", inputs, [.. outputs], weights);
    }

    private static byte[] Write(string name, Value[] inputs, (string, Value)[] outputs, ParameterSet weights) =>
        OnnxWriter.Write(name, inputs, outputs, parameter => HalfPrecision(weights[parameter.Name!])).ToByteArray();

    // Stored as fp16 and cast in the graph: ONNX Runtime folds the cast away on load.
    private static IEnumerable<object> HalfPrecision(Parameter weight)
    {
        var halves = Array.ConvertAll(weight.Value.AsSpan<float>().ToArray(), w => (Half)w);
        var tensor = new TensorProto
        {
            Name = weight.Name + ".fp16",
            DataType = (int)ElementType.Float16,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves)),
        };
        tensor.Dims.AddRange(weight.Shape);
        yield return tensor;

        var cast = new NodeProto { OpType = "Cast", Name = weight.Name + ".cast", Input = { tensor.Name }, Output = { weight.Name } };
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)ElementType.Float });
        yield return cast;
    }
}
