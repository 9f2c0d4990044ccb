using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Bundles;

/// <summary>Makes small but complete caption bundles with random weights; decoder and language are those of
/// <see cref="TinyBundle"/>.</summary>
/// <remarks>The encoder sees an image of 24 x 24 pixels as 3 x 3 cells of 8 x 8.</remarks>
internal static class TinyCaptionBundle
{
    public const int Size = 24;
    public const int Rows = 3;
    public const int Cells = Rows * Rows;

    private const string Canary = "canary.png";

    private static readonly string[] Files = ["encoder.onnx", "decoder.onnx", "tokenizer.json", Canary];

    /// <summary>Creates <c>folder/name/version</c>.</summary>
    /// <returns>The version's folder.</returns>
    public static string Create(string folder, string name, TinyBundleOptions? options = null)
    {
        options ??= new TinyBundleOptions { Target = "en" };
        string bundle = Directory.CreateDirectory(Path.Combine(folder, name, $"{options.Version}")).FullName;
        WriteEncoder(Path.Combine(bundle, "encoder.onnx"), options);
        TinyBundle.WriteDecoder(Path.Combine(bundle, "decoder.onnx"), options);
        File.WriteAllText(Path.Combine(bundle, "tokenizer.json"), TinyBundle.TokenizerJson());
        File.WriteAllBytes(Path.Combine(bundle, Canary), Image(seed: -1));
        TinyBundle.Write(bundle, Manifest(name, options));
        TinyBundle.Rehash(bundle);
        WriteCanary(bundle);
        return bundle;
    }

    /// <summary>A PNG of random squares of 5 x 5 pixels, the same for the same seed; another seed gives another image.</summary>
    public static byte[] Image(int seed, int width = 40, int height = 30)
    {
        var random = new Random(seed);
        int columns = (width + 4) / 5;
        byte[] colours = new byte[columns * ((height + 4) / 5) * 3];
        random.NextBytes(colours);
        return Png.Write(width, height, channels: 3, (x, y, colour) => colours[(((y / 5) * columns) + (x / 5)) * 3 + colour]);
    }

    public static void EditImage(string bundle, Func<ImageManifest, ImageManifest> change) => TinyBundle.Edit(bundle, manifest =>
    {
        var caption = (CaptionManifest)manifest;
        return caption with { Caption = caption.Caption with { Image = change(caption.Image) } };
    });

    private static CaptionManifest Manifest(string name, TinyBundleOptions options) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = name,
        Task = "caption",
        Languages = new LanguagePair { Target = options.Target },
        Description = "Random weights.",
        Licence = "MIT",
        Graphs = new PrecisionSet { Default = "fp32", Full = new GraphFiles { Encoder = "encoder.onnx", Decoder = "decoder.onnx" } },
        Metrics = [new MetricManifest { DataSet = "none", Method = "none", Value = 0.5 }],
        Caption = new CaptionSection
        {
            Tokenizers = new TokenizerFiles { Target = "tokenizer.json" },
            Decoder = TinyBundle.Decoder(options),
            Decoding = options.Decoding,
            Image = new ImageManifest
            {
                Size = Size,
                Fit = ImageFit.Squash,
                Mean = [0.5f, 0.4f, 0.3f],
                Std = [0.25f, 0.2f, 0.3f],
                Grid = options.Attention ? [Rows, Rows] : [1, 1],
            },
        },
        Files = [.. Files.Select(path => new FileManifest { Path = path, Sha256 = new string('0', 64), Bytes = 0 })],
    };

    /// <summary>Memory from each cell alone, first states from the memory's mean.</summary>
    private static void WriteEncoder(string path, TinyBundleOptions options)
    {
        var graph = new TinyGraph("encoder", options.Seed).Input("image", 1, "B", 3, Size, Size);
        graph.Node("Conv", "grid", "image", graph.Weights("w_grid", 0.1f, TinyBundle.Memory, 3, Size / Rows, Size / Rows));
        graph.With("strides", Size / Rows, Size / Rows);
        graph.Node("Reshape", "columns", "grid", graph.Integers("shape", 0, TinyBundle.Memory, -1));
        graph.Node("Transpose", "cells", "columns");
        graph.With("perm", 0, 2, 1);
        graph.Node("Tanh", "memory", "cells");
        graph.Node("ReduceMean", "mean", "memory");
        graph.With("axes", values: 1).With("keepdims", 0);
        graph.Node("MatMul", "first", "mean", graph.Weights("w_state", 3f, TinyBundle.Memory, TinyBundle.State));
        graph.Node("Tanh", "state_0", "first");
        graph.Node("MatMul", "trace_0", "mean", graph.Weights("w_trace", 3f, TinyBundle.Memory, TinyBundle.Trace));
        if (options.Attention)
        {
            graph.Node("MatMul", "keys", "memory", graph.Weights("w_keys", 1f, TinyBundle.Memory, TinyBundle.Key));
            graph.Output("memory", "B", "S", TinyBundle.Memory).Output("keys", "B", "S", TinyBundle.Key);
        }

        graph.Output("state_0", "B", TinyBundle.State).Output("trace_0", "B", TinyBundle.Trace).Save(path);
    }

    private static void WriteCanary(string bundle)
    {
        var captioner = Captioner.LoadAsync(bundle, new BatchingOptions { Workers = 1 }).GetAwaiter().GetResult();
        byte[] image = File.ReadAllBytes(Path.Combine(bundle, Canary));
        string expected = captioner.CaptionAsync([image], new SearchOptions(), default).GetAwaiter().GetResult()[0].Text;
        captioner.DisposeAsync().AsTask().GetAwaiter().GetResult();
        TinyBundle.Edit(bundle, manifest => manifest with { Canary = new CanaryManifest { Input = Canary, Expected = expected } });
    }
}
