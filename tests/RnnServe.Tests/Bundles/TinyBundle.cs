using System.Text;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Bundles;

/// <summary>What a tiny bundle is like.</summary>
internal sealed record TinyBundleOptions
{
    public int Version { get; init; } = 1;

    /// <summary>Of the weights: another seed is another model.</summary>
    public int Seed { get; init; } = 3;

    public bool Attention { get; init; } = true;

    public string Source { get; init; } = "en";

    public string Target { get; init; } = "de";

    public DecodingManifest Decoding { get; init; } = new() { BeamSize = 3 };
}

/// <summary>Makes small but complete translation bundles with random weights: real graphs, a real tokenizer, true hashes and a true
/// canary.</summary>
/// <remarks>Its language is letters and punctuation; answers are gibberish, but always the same.</remarks>
internal static class TinyBundle
{
    private const int Embedding = 8;
    public const int Memory = 12;
    public const int Key = 6;
    public const int State = 10;
    public const int Trace = 4;

    /// <summary>One token per character, behind the special tokens.</summary>
    private static readonly string[] Vocabulary =
        ["<pad>", "<unk>", "<s>", "</s>", "\u2581", .. "abcdefghijklmnopqrstuvwxyz".Select(c => $"{c}"), ".", ",", "!", "?", "A", "B", "C"];

    public static int VocabularySize => Vocabulary.Length;

    /// <summary>Creates <c>folder/name/version</c>.</summary>
    /// <returns>The version's folder.</returns>
    public static string Create(string folder, string name, TinyBundleOptions? options = null)
    {
        options ??= new TinyBundleOptions();
        string bundle = Directory.CreateDirectory(Path.Combine(folder, name, $"{options.Version}")).FullName;
        WriteEncoder(Path.Combine(bundle, "encoder.onnx"), options);
        WriteDecoder(Path.Combine(bundle, "decoder.onnx"), options);
        File.WriteAllText(Path.Combine(bundle, "tokenizer.json"), TokenizerJson());
        File.WriteAllText(Path.Combine(bundle, "README.md"), "# A model that was made in a test\n");
        Write(bundle, Manifest(name, options));
        Rehash(bundle);
        WriteCanary(bundle);
        return bundle;
    }

    /// <summary>Changes the manifest without any check.</summary>
    public static void Edit(string bundle, Func<ModelManifest, ModelManifest> change) => Write(bundle, change(Read(bundle)));

    /// <summary>Makes hashes and sizes of the manifest true again after a file was changed.</summary>
    public static void Rehash(string bundle) => Edit(bundle, manifest => manifest with
    {
        Files = [.. manifest.Files.Select(file => BundleFiles.Describe(bundle, file.Path))],
    });

    public static ModelManifest Read(string bundle) => ManifestJson.Read(File.ReadAllBytes(Path.Combine(bundle, ManifestJson.FileName)));

    public static void Write(string bundle, ModelManifest manifest) =>
        File.WriteAllBytes(Path.Combine(bundle, ManifestJson.FileName), ManifestJson.WriteUnchecked(manifest));

    public static void EditDecoder(string bundle, Func<DecoderManifest, DecoderManifest> change) => Edit(bundle, manifest =>
    {
        var translate = (TranslateManifest)manifest;
        return translate with { Translate = translate.Translate with { Decoder = change(translate.Decoder) } };
    });

    private static TranslateManifest Manifest(string name, TinyBundleOptions options) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = name,
        Task = "translate",
        Languages = new LanguagePair { Source = options.Source, Target = options.Target },
        Description = "Random weights.",
        Licence = "MIT",
        Graphs = new PrecisionSet { Default = "fp32", Full = new GraphFiles { Encoder = "encoder.onnx", Decoder = "decoder.onnx" } },
        Translate = new TranslateSection
        {
            Tokenizers = new TokenizerFiles { Source = "tokenizer.json", Target = "tokenizer.json" },
            Encoder = new TextEncoderManifest { VocabularySize = VocabularySize, EndId = 3, PadId = 0 },
            Decoder = Decoder(options),
            Decoding = options.Decoding,
        },
        Metrics = [new MetricManifest { DataSet = "none", Method = "none", Value = 0.5 }],
        Files = [.. new[] { "encoder.onnx", "decoder.onnx", "tokenizer.json" }.Select(path => new FileManifest { Path = path, Sha256 = new string('0', 64), Bytes = 0 })],
    };

    public static DecoderManifest Decoder(TinyBundleOptions options) => new()
    {
        VocabularySize = VocabularySize,
        PadId = 0,
        UnknownId = 1,
        StartId = 2,
        EndId = 3,
        States = [new StateManifest { Name = "state", Size = State }, new StateManifest { Name = "trace", Size = Trace }],
        Attention = options.Attention,
        MemorySize = options.Attention ? Memory : 0,
        KeySize = options.Attention ? Key : 0,
    };

    /// <summary>Memory from each token alone, first states from the memory's mean.</summary>
    private static void WriteEncoder(string path, TinyBundleOptions options)
    {
        var graph = new TinyGraph("encoder", options.Seed).Input("source", 7, "B", "S").Input("source_mask", 1, "B", "S");
        graph.Node("Gather", "embedded", graph.Weights("embedding", 1f, VocabularySize, Embedding), "source");
        graph.Node("Unsqueeze", "mask3", "source_mask", graph.Integers("axis2", 2));
        graph.Node("Mul", "masked", "embedded", "mask3");
        graph.Node("MatMul", "projected", "masked", graph.Weights("w_memory", 1f, Embedding, Memory));
        graph.Node("Tanh", "memory", "projected");
        graph.Node("ReduceSum", "sum", "memory", graph.Integers("axis1", 1));
        graph.With("keepdims", 0);
        graph.Node("ReduceSum", "count", "source_mask", "axis1");
        graph.Node("Div", "mean", "sum", "count");
        graph.Node("MatMul", "first", "mean", graph.Weights("w_state", 1f, Memory, State));
        graph.Node("Tanh", "state_0", "first");
        graph.Node("MatMul", "trace_0", "mean", graph.Weights("w_trace", 1f, Memory, Trace));
        if (options.Attention)
        {
            graph.Node("MatMul", "keys", "memory", graph.Weights("w_keys", 1f, Memory, Key));
            graph.Output("memory", "B", "S", Memory).Output("keys", "B", "S", Key);
        }

        graph.Output("state_0", "B", State).Output("trace_0", "B", Trace).Save(path);
    }

    /// <summary>A plain recurrent cell, a second state that follows it, and dot attention.</summary>
    public static void WriteDecoder(string path, TinyBundleOptions options)
    {
        var graph = new TinyGraph("decoder", options.Seed + 1000).Input("token", 7, "N").Input("state", 1, "N", State).Input("trace", 1, "N", Trace);
        graph.Node("Gather", "embedded", graph.Weights("embedding", 1f, VocabularySize, Embedding), "token");
        graph.Node("MatMul", "from_token", "embedded", graph.Weights("w_token", 1f, Embedding, State));
        graph.Node("MatMul", "from_state", "state", graph.Weights("w_state", 0.8f, State, State));
        graph.Node("Add", "before", "from_token", "from_state");
        graph.Node("Tanh", "state_next", "before");
        graph.Node("MatMul", "to_trace", "state_next", graph.Weights("w_trace", 1f, State, Trace));
        graph.Node("Add", "trace_sum", "to_trace", "trace");
        graph.Node("Tanh", "trace_next", "trace_sum");
        if (options.Attention)
            AddAttention(graph);
        string[] parts = ["state_next", "trace_next", .. options.Attention ? ["context"] : Array.Empty<string>()];
        graph.Node("Concat", "readout", parts);
        graph.With("axis", 1);
        int width = State + Trace + (options.Attention ? Memory : 0);
        graph.Node("MatMul", "scores", "readout", graph.Weights("w_out", 1.5f, width, VocabularySize));
        float[] bias = new float[VocabularySize];
        bias[3] = 1f;
        graph.Node("Add", "logits", "scores", graph.Weights("bias", bias, VocabularySize));
        graph.Output("logits", "N", VocabularySize).Output("state_next", "N", State).Output("trace_next", "N", Trace);
        if (options.Attention)
            graph.Output("attention", "N", "S");
        graph.Save(path);
    }

    /// <summary>Rows [N, A] become [B, K, A], so that memory and keys stay once per sentence.</summary>
    private static void AddAttention(TinyGraph graph)
    {
        graph.Input("memory", 1, "B", "S", Memory).Input("keys", 1, "B", "S", Key).Input("mask", 1, "B", "S");
        graph.Node("MatMul", "query", "state_next", graph.Weights("w_query", 2f, State, Key));
        graph.Node("Shape", "key_shape", "keys");
        graph.Node("Gather", "sentences", "key_shape", graph.Integers("zero", 0));
        graph.Node("Gather", "positions", "key_shape", graph.Integers("one", 1));
        graph.Node("Concat", "by_sentence", "sentences", graph.Integers("rest", -1), graph.Integers("key_size", Key));
        graph.With("axis", 0);
        graph.Node("Reshape", "query3", "query", "by_sentence");
        graph.Node("Transpose", "keys_t", "keys");
        graph.With("perm", 0, 2, 1);
        graph.Node("MatMul", "energy", "query3", "keys_t");
        graph.Node("Unsqueeze", "mask3", "mask", "one");
        graph.Node("Add", "masked", "energy", "mask3");
        graph.Node("Softmax", "weights", "masked");
        graph.With("axis", -1);
        graph.Node("MatMul", "context3", "weights", "memory");
        graph.Node("Reshape", "context", "context3", graph.Integers("context_shape", -1, Memory));
        graph.Node("Concat", "by_row", "rest", "positions");
        graph.With("axis", 0);
        graph.Node("Reshape", "attention", "weights", "by_row");
    }

    private static void WriteCanary(string bundle)
    {
        const string input = "a bad cab.";
        var translator = Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 }).GetAwaiter().GetResult();
        string expected = translator.TranslateAsync([input], new SearchOptions(), default).GetAwaiter().GetResult()[0].Text;
        translator.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Edit(bundle, manifest => manifest with { Canary = new CanaryManifest { Input = input, Expected = expected } });
    }

    public static string TokenizerJson()
    {
        var json = new StringBuilder("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
        json.AppendJoin(',', Vocabulary.Take(4).Select((token, id) =>
            $"{{\"id\":{id},\"content\":\"{token}\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":true}}"));
        const string metaspace = "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"always\",\"split\":true}";
        json.Append("],\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[" + metaspace
            + ",{\"type\":\"Punctuation\",\"behavior\":\"Isolated\"}]},\"post_processor\":null,\"decoder\":" + metaspace
            + ",\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":\"<unk>\",\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,"
            + "\"fuse_unk\":true,\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":{");
        json.AppendJoin(',', Vocabulary.Select((token, id) => $"\"{token}\":{id}"));
        return json.Append("},\"merges\":[]}}").ToString();
    }
}
