using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Training.Export;

namespace RnnServe.Tests.Bundles;

/// <summary>Graphs that compute something else than those that were measured.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0.0005, true), InlineData(-0.0005, true), InlineData(0.01, false), InlineData(-0.01, false), InlineData(double.NaN, false)]
    public async Task The_score_is_part_of_the_answer(double off, bool serves)
    {
        string bundle = TinyBundle.Create(folder.Path, "tiny");
        var canary = CanaryRecorder.RecordAgain(bundle);
        double score = canary.Answers!.Full!.Score;
        Assert.Null(canary.Answers.Quantized);
        if (double.IsNaN(off))
            TinyBundle.Edit(bundle, m => m with { Canary = canary with { Answers = new() { Full = canary.Answers.Full with { Text = "else" } } } });
        else
            TinyBundle.Edit(bundle, m => m with { Canary = canary with { Answers = new() { Full = canary.Answers.Full with { Score = score + (off * Math.Max(1, -score)) } } } });

        if (serves)
            await (await Translator.LoadAsync(bundle, new())).DisposeAsync();
        else
            Assert.StartsWith("canary", (await Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, new()))).Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp32", "decoder.onnx"), InlineData("int8", "decoder.int8.onnx"), InlineData("fp32", "encoder.onnx")]
    public async Task A_shipped_model_with_other_weights_is_refused_in_either_precision(string precision, string graph)
    {
        string bundle = CopyShipped();
        await (await Translator.LoadAsync(bundle, new(), new() { Precision = precision })).DisposeAsync();

        // Weights of 16 bits, of which every tenth is a tenth greater: most texts stay the same.
        Change(bundle, graph, (tensor, data) =>
        {
            if (tensor.DataType != (int)ElementType.Float16)
                return;
            for (int i = 0; i + 1 < data.Length; i += 20)
                BitConverter.TryWriteBytes(data.AsSpan(i), (Half)((float)BitConverter.ToHalf(data, i) * 1.1f));
        });

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, new(), new() { Precision = precision }));
        Assert.StartsWith("canary", error.Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x7E00), InlineData(0xFE00), InlineData(0x7C00)]       // NaN, -NaN, infinity
    public void Weights_that_are_no_numbers_are_named(int bits)
    {
        string bundle = CopyShipped();
        string? name = null;
        Change(bundle, "encoder.onnx", (tensor, data) =>
        {
            if (name is not null || tensor.DataType != (int)ElementType.Float16 || data.Length < 100)
                return;
            name = tensor.Name;
            BitConverter.TryWriteBytes(data.AsSpan(data.Length - 2), (ushort)bits);
        });

        var error = Assert.Throws<ModelBundleException>(() => ModelSessions.Load(BundleReader.Load(bundle), precision: "fp32"));
        Assert.Equal("encoder.onnx", error.File);
        Assert.StartsWith($"weights '{name}' (", error.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_other_fields_of_the_format_are_looked_at_too_and_a_lone_infinity_is_none()
    {
        Assert.Throws<ModelBundleException>(() => Check(new() { DataType = (int)ElementType.Float, Dims = { 2 }, FloatData = { 1, float.NaN } }));
        Assert.Throws<ModelBundleException>(() => Check(new() { DataType = (int)ElementType.Double, Dims = { 2 }, DoubleData = { 1, double.PositiveInfinity } }));
        Assert.Throws<ModelBundleException>(() => Check(new() { DataType = (int)ElementType.Float16, Dims = { 2 }, Int32Data = { 0, 0x7C01 } }));
        Assert.Throws<ModelBundleException>(() => Check(new() { DataType = (int)ElementType.BFloat16, Dims = { 2 }, Int32Data = { 0, 0xFF80 } }));
        Check(new() { DataType = (int)ElementType.Float, FloatData = { float.NegativeInfinity } });
        Check(new() { DataType = (int)ElementType.Float16, Dims = { 2 }, Int32Data = { 0x7BFF, 0xFBFF } });
        Check(new() { DataType = (int)ElementType.Int8, Dims = { 4 } }, 0xFF, 0xFF, 0x7F, 0x7F);

        static void Check(TensorOutline tensor, params byte[] raw) => WeightCheck.Check("graph.onnx", tensor, raw);
    }

    private string CopyShipped()
    {
        string from = TestData.InRepository("models", "multi30k-en-de", "1"), to = Path.Combine(folder.Path, "multi30k-en-de", "1");
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    /// <summary>Changes the raw data of a graph's weights, and the manifest's hash.</summary>
    private static void Change(string bundle, string graph, Action<TensorProto, byte[]> change)
    {
        string path = Path.Combine(bundle, graph);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (var tensor in model.Graph.Initializer)
        {
            byte[] data = tensor.RawData.ToByteArray();
            change(tensor, data);
            tensor.RawData = ByteString.CopyFrom(data);
        }

        File.WriteAllBytes(path, model.ToByteArray());
        TinyBundle.Rehash(bundle);
    }
}
