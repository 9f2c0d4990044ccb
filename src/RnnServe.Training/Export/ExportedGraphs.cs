using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Backbones;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

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
    /// <summary>Builds both graphs of a translation model.</summary>
    /// <param name="recipe">The network.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="weights">The weights.</param>
    public static ExportedGraphs Build(TranslationRecipe recipe, VocabularySizes vocabularies, ParameterSet weights)
    {
        var network = new TranslationNetwork(Inference, recipe.Model, recipe.Dropout, vocabularies);
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var mask = Value.Input("source_mask", ElementType.Float, "B", "S");
        var encoder = Write("encoder", [source, mask], EncoderOutputs(network.Encode(source, mask), network.Decoder), weights);
        return Of(encoder, network.Decoder, weights);
    }

    /// <summary>Builds both graphs of a captioning model, the CNN inside the encoder.</summary>
    /// <param name="recipe">The network and the photos' size.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="backbone">The CNN.</param>
    /// <param name="grid">What it makes of a photo.</param>
    /// <param name="weights">The weights behind the CNN.</param>
    public static ExportedGraphs Build(CaptionRecipe recipe, int vocabulary, Backbone backbone, FeatureGrid grid, ParameterSet weights)
    {
        var network = new CaptionNetwork(Inference, recipe.Model, recipe.Dropout, vocabulary);
        var features = Value.Input("grid", ElementType.Float, "B", grid.Channels, grid.Rows, grid.Columns);
        var outputs = EncoderOutputs(network.Encode(FeatureGraph.Cells(features)), network.Decoder);
        var head = Write("encoder", [features], outputs, weights);
        return Of(BackboneSplice.Before(head, features.Name!, backbone, "image", recipe.Backbone.Size), network.Decoder, weights);
    }

    /// <summary>
    /// The same without the CNN: the encoder reads features as they are cached ([B, S, C], 16 bits) and gives what the whole one gives.
    /// </summary>
    public static ExportedGraphs BuildWithoutCnn(CaptionRecipe recipe, int vocabulary, FeatureGrid grid, ParameterSet weights)
    {
        var network = new CaptionNetwork(Inference, recipe.Model, recipe.Dropout, vocabulary);
        var features = Value.Input("features", ElementType.Float16, "B", grid.Cells, grid.Channels);
        var outputs = EncoderOutputs(network.Encode(features.Cast(ElementType.Float)), network.Decoder);
        return Of(Write("encoder", [features], outputs, weights), network.Decoder, weights);
    }

    private static LayerContext Inference => new(ElementType.Float, training: false);

    private static ExportedGraphs Of(ModelProto encoder, RecurrentDecoder decoder, ParameterSet weights)
    {
        var (memory, keys) = decoder.HasAttention ? (decoder.MemorySize, decoder.KeySize) : (0, 0);
        return new(encoder.ToByteArray(), DecoderGraph(decoder, weights).ToByteArray(), decoder.StateNames, decoder.Hidden, memory, keys);
    }

    private static (string, Value)[] EncoderOutputs(EncoderMemory memory, RecurrentDecoder decoder)
    {
        var outputs = decoder.StateNames.Select((name, i) => ($"{name}_0", memory.States[i]));
        return memory.Values is null ? [.. outputs] : [("memory", memory.Values), ("keys", memory.Keys!), .. outputs];
    }

    private static ModelProto DecoderGraph(RecurrentDecoder decoder, ParameterSet weights)
    {
        var token = Value.Input("token", ElementType.Int64, "N");
        Value[] states = [.. decoder.StateNames.Select(name => Value.Input(name, ElementType.Float, "N", decoder.Hidden))];
        var memory = Value.Input("memory", ElementType.Float, "B", "S", decoder.MemorySize);
        var keys = Value.Input("keys", ElementType.Float, "B", "S", decoder.KeySize);
        var mask = Value.Input("mask", ElementType.Float, "B", "S");
        var (logits, next, attention) = decoder.Next(token, states, new(memory, keys, states), mask);

        var outputs = decoder.StateNames.Select((name, i) => ($"{name}_next", next[i])).Prepend(("logits", logits));
        if (attention is not null)
            outputs = outputs.Append(("attention", attention));
        Value[] inputs = decoder.HasAttention ? [token, .. states, memory, keys, mask] : [token, .. states];
        return Write("decoder", inputs, [.. outputs], weights);
    }

    private static ModelProto Write(string name, Value[] inputs, (string, Value)[] outputs, ParameterSet weights) => OnnxWriter.Write(
        name, inputs, outputs, (graph, p) => HalfWeights.Add(graph, p.Name!, weights[p.Name!].Shape, weights[p.Name!].Value.AsSpan<float>()));
}
