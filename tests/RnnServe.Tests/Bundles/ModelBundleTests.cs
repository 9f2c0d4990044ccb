using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Tests.Bundles;

public sealed class ModelBundleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Create(TinyBundleOptions? options = null) => TinyBundle.Create(folder.Path, "tiny", options);

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_bundle_loads_and_answers_its_canary(bool attention)
    {
        string bundle = Create(new TinyBundleOptions { Attention = attention });

        await using var translator = await Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 });

        Assert.Equal("tiny", translator.Bundle.Manifest.Name);
        Assert.Equal("fp32", translator.Precision);
    }

    [Fact]
    public async Task A_wrong_canary_names_both_answers()
    {
        string bundle = Create();
        TinyBundle.Edit(bundle, m => m with { Canary = m.Canary! with { Expected = "something else" } });

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 }));

        Assert.Equal(("model.json", "canary", "'something else'"), (error.File, error.Field, error.Expected));
    }

    [Fact]
    public void A_missing_manifest_is_named()
    {
        string bundle = Create();
        File.Delete(Path.Combine(bundle, "model.json"));
        AssertFault(bundle, "model.json", "", "no such file");
    }

    [Fact]
    public void A_missing_folder_is_named() => AssertFault(Path.Combine(folder.Path, "none"), "model.json", "", "no such file");

    [Fact]
    public void A_missing_file_is_named()
    {
        string bundle = Create();
        File.Delete(Path.Combine(bundle, "decoder.onnx"));
        AssertFault(bundle, "decoder.onnx", "files[1].path", "no such file");
    }

    [Fact]
    public void A_file_of_another_size_is_named()
    {
        string bundle = Create();
        File.AppendAllText(Path.Combine(bundle, "decoder.onnx"), "x");
        AssertFault(bundle, "decoder.onnx", "files[1].bytes", "bytes");
    }

    [Fact]
    public void A_changed_byte_is_found()
    {
        string bundle = Create();
        string path = Path.Combine(bundle, "encoder.onnx");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertFault(bundle, "encoder.onnx", "files[0].sha256", "");
    }

    [Fact]
    public void A_truncated_graph_with_a_true_hash_is_refused()
    {
        string bundle = Create();
        string path = Path.Combine(bundle, "decoder.onnx");
        byte[] bytes = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 1, 40, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            TinyBundle.Rehash(bundle);
            AssertFault(bundle, "decoder.onnx", null, "");
        }
    }

    [Theory]
    [InlineData("logits"), InlineData("state_next"), InlineData("attention")]
    public void A_graph_without_an_output_is_refused(string output)
    {
        string bundle = Create();
        EditGraph(bundle, "decoder.onnx", graph => graph.Output.Remove(graph.Output.Single(o => o.Name == output)));
        AssertFault(bundle, "decoder.onnx", $"output '{output}'", "only");
    }

    [Fact]
    public void A_state_of_another_size_than_the_manifest_says_is_refused()
    {
        string bundle = Create();
        TinyBundle.EditDecoder(bundle, d => d with { States = [d.States[0] with { Size = 11 }, d.States[1]] });
        AssertFault(bundle, "encoder.onnx", "output 'state_0'", "Float [any, 10]");
    }

    [Fact]
    public void A_memory_of_another_size_than_the_manifest_says_is_refused()
    {
        string bundle = Create();
        TinyBundle.EditDecoder(bundle, d => d with { MemorySize = 13 });
        AssertFault(bundle, "encoder.onnx", "output 'memory'", "Float [any, any, 12]");
    }

    [Fact]
    public void A_tensor_that_nothing_is_known_about_is_refused()
    {
        string bundle = Create(new TinyBundleOptions { Attention = true });
        TinyBundle.EditDecoder(bundle, d => d with { Attention = false, MemorySize = 0, KeySize = 0 });
        AssertFault(bundle, "encoder.onnx", "output 'memory'", "nothing is known");
    }

    [Fact]
    public void A_tokenizer_of_another_size_is_refused()
    {
        string bundle = Create();
        string path = Path.Combine(bundle, "tokenizer.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(",\"C\":37", "", StringComparison.Ordinal));
        TinyBundle.Rehash(bundle);
        AssertFault(bundle, "tokenizer.json", "decoder.vocabularySize", "37 tokens");
    }

    [Fact]
    public void A_tokenizer_that_is_none_is_refused()
    {
        string bundle = Create();
        File.WriteAllText(Path.Combine(bundle, "tokenizer.json"), "{");
        TinyBundle.Rehash(bundle);
        AssertFault(bundle, "tokenizer.json", "", "");
    }

    [Theory]
    [InlineData("../encoder.onnx"), InlineData("/etc/passwd"), InlineData("a/../../b"), InlineData("C:\\x"), InlineData("./encoder.onnx"), InlineData("")]
    public void A_path_outside_the_folder_is_refused(string path)
    {
        string bundle = Create();
        TinyBundle.Edit(bundle, m => m with { Files = [m.Files[0] with { Path = path }, .. m.Files.Skip(1)] });
        AssertFault(bundle, "model.json", "files[0].path", $"'{path}'");
    }

    [Fact]
    public void A_link_that_leaves_the_folder_is_refused()
    {
        string bundle = Create();
        string outside = Path.Combine(folder.Path, "outside.onnx");
        File.Move(Path.Combine(bundle, "encoder.onnx"), outside);
        File.CreateSymbolicLink(Path.Combine(bundle, "encoder.onnx"), outside);
        AssertFault(bundle, "encoder.onnx", "files[0].path", "link that leaves");
    }

    [Fact]
    public void A_link_to_a_file_of_the_folder_is_that_file()
    {
        string bundle = Create();
        string encoder = Path.Combine(bundle, "encoder.onnx");
        Directory.CreateDirectory(Path.Combine(bundle, "stored"));
        File.Move(encoder, Path.Combine(bundle, "stored", "encoder.onnx"));
        File.CreateSymbolicLink(encoder, "stored/encoder.onnx");

        Assert.NotNull(BundleReader.Load(bundle));
    }

    [Fact]
    public void A_link_that_goes_back_behind_another_folder_is_refused()
    {
        string bundle = Create();
        string encoder = Path.Combine(bundle, "encoder.onnx");
        Directory.CreateDirectory(Path.Combine(bundle, "stored"));
        File.Move(encoder, Path.Combine(bundle, "other.onnx"));
        File.CreateSymbolicLink(encoder, "stored/../other.onnx");

        AssertFault(bundle, "encoder.onnx", "files[0].path", "'..' in its midst");
    }

    [Fact]
    public void A_graph_of_more_parts_than_any_is_refused_before_they_are_made()
    {
        string bundle = Create();
        EditGraph(bundle, "decoder.onnx", graph => graph.Node.AddRange(Enumerable.Repeat(new NodeProto(), 200_001)));

        AssertFault(bundle, "decoder.onnx", "", "more than 200000 nodes");
    }

    // By its own name the target is inside: the folder on the way to it is the link that leaves.
    [Fact]
    public void A_link_through_a_folder_that_leaves_is_refused()
    {
        string bundle = Create();
        string outside = Directory.CreateDirectory(Path.Combine(folder.Path, "outside")).FullName;
        File.Move(Path.Combine(bundle, "encoder.onnx"), Path.Combine(outside, "encoder.onnx"));
        Directory.CreateSymbolicLink(Path.Combine(bundle, "inside"), outside);
        File.CreateSymbolicLink(Path.Combine(bundle, "encoder.onnx"), "inside/encoder.onnx");
        AssertFault(bundle, "encoder.onnx", "files[0].path", "link that leaves");
    }

    [Fact]
    public void External_data_with_a_key_twice_is_refused()
    {
        string bundle = Create();
        EditGraph(bundle, "decoder.onnx", graph =>
        {
            graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            foreach (string location in (string[])["encoder.onnx", "weights.bin"])
                graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        });
        AssertFault(bundle, "decoder.onnx", "external data of 'embedding'", "a key twice");
    }

    [Theory]
    [InlineData("/etc/passwd", "inside the bundle"), InlineData("../../other/weights.bin", "inside the bundle"), InlineData("weights.bin", "'files' lists")]
    public void External_data_that_is_not_the_bundles_is_refused(string location, string expected)
    {
        string bundle = Create();
        EditGraph(bundle, "decoder.onnx", graph =>
        {
            graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        });
        var error = AssertFault(bundle, "decoder.onnx", "external data of 'embedding'", $"'{location}'");
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_that_use_a_packages_file_have_no_other_data_outside()
    {
        string bundle = Create();
        File.WriteAllText(Path.Combine(bundle, "weights.bin"), "");
        var weights = BundleFiles.Describe(bundle, "weights.bin");
        EditGraph(bundle, "decoder.onnx", graph =>
        {
            graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        });
        TinyBundle.Edit(bundle, m => m with { Files = [.. m.Files, weights, PackageFiles.Describe(PackageFiles.Packages.First())] });
        AssertFault(bundle, "decoder.onnx", "external data of 'embedding'", "'weights.bin'");
    }

    [Fact]
    public void A_packages_file_is_named_without_a_folder_and_is_no_graph()
    {
        string bundle = Create();
        TinyBundle.Edit(bundle, m => m with { Files = [m.Files[0] with { Path = "a/b.onnx", Package = "Some.Package 1.2.3" }, .. m.Files.Skip(1)] });
        AssertFault(bundle, "model.json", "files[0].path", "'a/b.onnx'");

        bundle = Create();
        TinyBundle.Edit(bundle, m => m with { Files = [m.Files[0] with { Package = "Some.Package 1.2.3" }, .. m.Files.Skip(1)] });
        AssertFault(bundle, "model.json", "graphs.fp32.encoder", "'encoder.onnx'");
    }

    [Fact]
    public void Functions_and_sparse_tensors_whose_data_could_lie_elsewhere_are_refused()
    {
        string bundle = Create();
        EditModel(bundle, "decoder.onnx", model => model.Functions.Add(new FunctionProto { Name = "reader" }));
        AssertFault(bundle, "decoder.onnx", "functions", "'reader'");

        bundle = Create();
        EditGraph(bundle, "decoder.onnx", graph => graph.SparseInitializer.Add(new SparseTensorProto()));
        AssertFault(bundle, "decoder.onnx", "sparse_initializer", "a sparse tensor");

        bundle = Create();
        EditGraph(bundle, "encoder.onnx", graph => graph.Node[0].Attribute.Add(new AttributeProto { SparseTensor = new SparseTensorProto() }));
        AssertFault(bundle, "encoder.onnx", "node 'Gather'", "a sparse tensor");
    }

    [Fact]
    public void An_operator_of_an_unknown_domain_is_refused()
    {
        string bundle = Create();
        EditGraph(bundle, "encoder.onnx", graph => graph.Node[0].Domain = "evil.example");
        AssertFault(bundle, "encoder.onnx", "node 'Gather'", "evil.example");
    }

    [Fact]
    public void Versions_are_positive_integers_and_come_highest_first()
    {
        foreach (string name in new[] { "1", "2", "10", "03", "-1", "0", "x", "1.5", "99999999999" })
            Directory.CreateDirectory(Path.Combine(folder.Path, "m", name));
        Assert.Equal([10, 2, 1], ModelBundle.Versions(Path.Combine(folder.Path, "m")).Select(v => v.Version));
    }

    /// <summary>Loads everything, sessions included, and expects it to fail.</summary>
    private static ModelBundleException AssertFault(string bundle, string file, string? field, string found)
    {
        var error = Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 })).GetAwaiter().GetResult();
        Assert.Equal(file, error.File);
        if (field is not null)
            Assert.Equal(field, error.Field);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        return error;
    }

    internal static void EditGraph(string bundle, string file, Action<GraphProto> change) =>
        EditModel(bundle, file, model => change(model.Graph));

    private static void EditModel(string bundle, string file, Action<ModelProto> change)
    {
        string path = Path.Combine(bundle, file);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        change(model);
        File.WriteAllBytes(path, model.ToByteArray());
        TinyBundle.Rehash(bundle);
    }
}
