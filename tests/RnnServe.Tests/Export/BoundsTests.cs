using System.Runtime.InteropServices;
using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Decoding;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Export;

/// <summary>What is in 8 bits follows from bounds that graphs carry, whatever their tensors are called.</summary>
public sealed class BoundsTests
{
    [Theory]
    [InlineData("multi30k-en-de", "encoder"), InlineData("multi30k-en-de", "decoder")]
    [InlineData("multi30k-de-en", "encoder"), InlineData("multi30k-de-en", "decoder")]
    [InlineData("flickr8k-en", "decoder"), InlineData("flickr8k-small", "decoder")]
    public void The_shipped_graphs_become_the_shipped_8_bit_graphs_again(string bundle, string graph)
    {
        string folder = ModelBundle.Versions(TestData.InRepository("models", bundle))[0].Folder;
        byte[] shipped = File.ReadAllBytes(Path.Combine(folder, $"{graph}.int8.onnx"));
        var full = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, $"{graph}.onnx")));

        // The memory of photos has a bound that was measured: it is in the greatest step of the rows, 1 / 127 of it.
        var measured = new Dictionary<string, double>();
        if (bundle.StartsWith("flickr8k-", StringComparison.Ordinal))
            measured["memory"] = 127.0 * Steps(ModelProto.Parser.ParseFrom(shipped)).Max();

        Assert.Equal(shipped, Int8Graph.Quantize(full, measured, out _).ToByteArray());
    }

    [Theory]
    [InlineData("Gru", false), InlineData("Gru", true), InlineData("Lstm", false), InlineData("Lstm", true), InlineData("Rnn", true)]
    public void Other_names_change_nothing(string cell, bool normalised)
    {
        var graphs = Export(cell, normalised);
        foreach (byte[] bytes in new[] { graphs.Encoder, graphs.Decoder })
        {
            ModelProto named = ModelProto.Parser.ParseFrom(bytes), renamed = Renamed(named);

            var quantized = Int8Graph.Quantize(named, new Dictionary<string, double>(), out int found);
            var again = Int8Graph.Quantize(renamed, new Dictionary<string, double>(), out int foundAgain);

            Assert.InRange(found, 4, 20);
            Assert.Equal(found, foundAgain);
            Assert.Equal(Numbers(quantized), Numbers(again));
        }
    }

    [Theory, InlineData("Gru"), InlineData("Lstm")]
    public void What_cells_give_is_bounded_and_what_an_lstm_keeps_is_not(string cell)
    {
        var graphs = Export(cell, normalised: false);

        var bounds = OnnxWriter.BoundsOf(ModelProto.Parser.ParseFrom(graphs.Decoder));

        Assert.Equal(["memory", "state1", "state1_next", "state2", "state2_next"], bounds.Keys.Order());
        Assert.All(bounds.Values, bound => Assert.Equal(1, bound));
    }

    [Fact]
    public void A_normalised_memory_is_not_bounded()
    {
        var graphs = Export("Gru", normalised: true);

        Assert.DoesNotContain("memory", OnnxWriter.BoundsOf(ModelProto.Parser.ParseFrom(graphs.Encoder)).Keys);
        Assert.DoesNotContain("memory", OnnxWriter.BoundsOf(ModelProto.Parser.ParseFrom(graphs.Decoder)).Keys);
    }

    private static ExportedGraphs Export(string cell, bool normalised)
    {
        var recipe = new TranslationRecipe
        {
            Model = new()
            {
                Cell = Enum.Parse<CellKind>(cell),
                LayerNormalisation = normalised,
                Embedding = 32,
                Hidden = 40,
                AttentionSize = 20,
                EncoderHidden = 24,
            },
            Training = new() { Threads = 1 },
        };
        using var graph = new LossGraph(training => LossOfTranslation.Build(recipe, new(300, 300), training), recipe.Training);
        return TranslationGraphs.Build(recipe, new(300, 300), graph.Parameters);
    }

    /// <summary>The same model with numbers for names.</summary>
    private static ModelProto Renamed(ModelProto model)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var result = model.Clone();
        Rename(result.Graph);
        foreach (var entry in result.MetadataProps)
            entry.Key = "bound/" + New(entry.Key["bound/".Length..]);
        return result;

        string New(string name) => names.TryGetValue(name, out string? known) ? known : names[name] = $"n{names.Count}";

        void Rename(GraphProto graph)
        {
            foreach (var value in graph.Input.Concat(graph.Output))
                value.Name = New(value.Name);
            foreach (var tensor in graph.Initializer)
                tensor.Name = New(tensor.Name);
            foreach (var node in graph.Node)
            {
                string[] inputs = [.. node.Input.Select(New)], outputs = [.. node.Output.Select(New)];
                node.Input.Clear();
                node.Input.AddRange(inputs);
                node.Output.Clear();
                node.Output.AddRange(outputs);
                foreach (var body in node.Attribute.Where(a => a.G is not null))
                    Rename(body.G);
            }
        }
    }

    private static string[] Numbers(ModelProto model) =>
        [.. model.Graph.Initializer.Where(t => t.DataType != (int)ElementType.Int64).Select(t => Convert.ToHexString(t.RawData.Span)).Order()];

    private static IEnumerable<float> Steps(ModelProto quantized) => quantized.Graph.Initializer
        .Where(t => t.Name.EndsWith(".step", StringComparison.Ordinal))
        .Select(t => MemoryMarshal.Read<float>(t.RawData.Span));
}
