using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Tests.Bundles;
using RnnServe.Training.Export;

namespace RnnServe.Tests.Classify;

/// <summary>Makes small but complete bundles that classify, with random weights; their language is that of <see cref="TinyBundle"/>.</summary>
internal static class TinyClassifyBundle
{
    private const int Embedding = 8;

    public static readonly string[] Labels = ["red", "green", "blue"];

    /// <summary>Creates <c>folder/name/1</c>.</summary>
    /// <returns>The version's folder.</returns>
    public static string Create(string folder, string name, bool attention = true, int maxLength = 512)
    {
        string bundle = Directory.CreateDirectory(Path.Combine(folder, name, "1")).FullName;
        WriteGraph(Path.Combine(bundle, "encoder.onnx"), attention);
        File.WriteAllText(Path.Combine(bundle, "tokenizer.json"), TinyBundle.TokenizerJson());
        TinyBundle.Write(bundle, Manifest(name, attention, maxLength));
        TinyBundle.Rehash(bundle);
        var canary = CanaryRecorder.Record(bundle, "a bad cab.");
        TinyBundle.Edit(bundle, manifest => manifest with { Canary = canary });
        return bundle;
    }

    /// <summary>Changes the kind's section without any check.</summary>
    public static void Edit(string bundle, Func<ClassifySection, ClassifySection> change) => TinyBundle.Edit(bundle, manifest =>
    {
        var classify = (ClassifyManifest)manifest;
        return classify with { Classify = change(classify.Classify) };
    });

    private static ClassifyManifest Manifest(string name, bool attention, int maxLength) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = name,
        Task = "classify",
        Languages = new() { Source = "en" },
        Licence = "MIT",
        Graphs = new() { Default = "fp32", Full = new() { Encoder = "encoder.onnx" } },
        Classify = new()
        {
            Tokenizer = "tokenizer.json",
            VocabularySize = TinyBundle.VocabularySize,
            PadId = 0,
            Labels = Labels,
            MaxLength = maxLength,
            Attention = attention,
        },
        Files = [.. new[] { "encoder.onnx", "tokenizer.json" }.Select(path => new FileManifest { Path = path, Sha256 = new string('0', 64), Bytes = 0 })],
    };

    /// <summary>Each token by itself, weighted by how much it says.</summary>
    private static void WriteGraph(string path, bool attention)
    {
        var graph = new TinyGraph("encoder", seed: 5).Input("source", 7, "B", "S").Input("source_mask", 1, "B", "S");
        graph.Node("Gather", "embedded", graph.Weights("embedding", 1f, TinyBundle.VocabularySize, Embedding), "source");
        graph.Node("MatMul", "energy", "embedded", graph.Weights("w_energy", 2f, Embedding, 1));
        graph.Node("Squeeze", "scores", "energy", graph.Integers("last", 2));
        graph.Node("Sub", "padding", "source_mask", graph.Weights("one", [1f]));
        graph.Node("Mul", "nothing", "padding", graph.Weights("much", [1e9f]));
        graph.Node("Add", "masked", "scores", "nothing");
        graph.Node("Softmax", "attention", "masked");
        graph.Node("Unsqueeze", "row", "attention", graph.Integers("middle", 1));
        graph.Node("MatMul", "sum", "row", "embedded");
        graph.Node("Squeeze", "pooled", "sum", "middle");
        graph.Node("MatMul", "logits", "pooled", graph.Weights("w_out", 2f, Embedding, Labels.Length));
        graph.Output("logits", "B", Labels.Length);
        if (attention)
            graph.Output("attention", "B", "S");
        graph.Save(path);
    }
}
