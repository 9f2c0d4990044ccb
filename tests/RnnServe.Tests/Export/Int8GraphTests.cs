using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Layers;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Export;

public sealed class Int8GraphTests
{
    private const int Width = 64, Columns = 32, Steps = 6;

    [Theory, InlineData(1f), InlineData(-1f)]
    public void Products_of_the_greatest_numbers_are_exact_on_every_processor(float sign)
    {
        var x = Value.Input("x", ElementType.Float, "N", Width);
        var weight = Matrix(Enumerable.Repeat(sign, Width * Columns), Width);

        float[] y = Run(x.MatMul(weight), new() { ["x"] = 1 }, 1, [.. Enumerable.Repeat(1f, Width)]);

        Assert.All(y, value => Assert.Equal(sign * Width, value, tolerance: 1e-3));
    }

    [Fact]
    public void Parts_of_a_row_keep_their_own_scales()
    {
        Value small = Value.Input("small", ElementType.Float, "N", Width), large = Value.Input("large", ElementType.Float, "N", Width);
        var random = new Random(5);
        float[] weight = [.. Enumerable.Range(0, 2 * Width * Columns).Select(i => (random.NextSingle() - 0.5f) * (i < Width * Columns ? 100 : 1))];
        float[] s = Numbers(random, 0.01f), l = Numbers(random, 1);
        var y = Ops.Concat(-1, small, large).MatMul(Matrix(weight, 2 * Width));

        float[] found = Run(y, new() { ["small"] = 0.01, ["large"] = 1 }, 1, s, l);

        // With one scale for both, the small part would be 1 of 127 steps at most.
        float[] row = [.. s, .. l];
        for (int column = 0; column < Columns; column++)
        {
            double expected = Enumerable.Range(0, row.Length).Sum(i => (double)row[i] * weight[(i * Columns) + column]);
            Assert.Equal(expected, found[column], tolerance: 0.12);
        }
    }

    [Fact]
    public void A_table_of_embeddings_stays_in_16_bits()
    {
        const int Tokens = 10;
        var ids = Value.Input("ids", ElementType.Int64, "N");
        var table = Value.Parameter("table", ElementType.Float, Tokens, Width);
        float[] numbers = Numbers(new Random(7), 1, Tokens * Width);
        var product = table.Gather(ids).MatMul(Matrix(Enumerable.Repeat(0.5f, Width * Columns), Width));
        var full = OnnxWriter.Write("decoder", [ids], [("y", product)], (graph, p) => HalfWeights.Add(graph, p.Name!, [Tokens, Width], numbers));

        var quantized = Int8Graph.Quantize(full, new Dictionary<string, double>(), out int products);

        Assert.Equal(1, products);
        Assert.Equal(["Gather", "Cast", "QuantizeLinear", "MatMulIntegerToFloat"], quantized.Graph.Node.Select(n => n.OpType));
        Assert.Equal("table.fp16", quantized.Graph.Node[0].Input[0]);
    }

    [Fact]
    public void A_product_whose_rows_have_no_bound_stays_as_it_is()
    {
        var x = Value.Input("x", ElementType.Float, "N", Width);
        var model = Model(x.MatMul(Matrix(Enumerable.Repeat(1f, Width * Columns), Width)), [x]);

        var same = Int8Graph.Quantize(model, new Dictionary<string, double>(), out int products);

        Assert.Equal(0, products);
        Assert.Equal("MatMul", Assert.Single(same.Graph.Node).OpType);
    }

    [Theory]
    [InlineData("Gru", 3), InlineData("GruResetBefore", 3), InlineData("Lstm", 2), InlineData("Rnn", 2)]
    public void Cells_multiply_in_8_bits_inside_their_loop_too(string cell, int products)
    {
        var x = Value.Input("x", ElementType.Float, "T", "B", Width);
        var context = new LayerContext(ElementType.Float, training: false);
        var (y, _) = new Recurrence(context, "layer", Enum.Parse<CellKind>(cell), Columns).Over(x);
        var random = new Random(3);
        var full = OnnxWriter.Write("encoder", [x], [("y", y)], (graph, p) =>
        {
            long[] shape = [.. p.Shape.Select(d => d.Factor)];
            HalfWeights.Add(graph, p.Name!, shape, Numbers(random, 0.3f, (int)shape.Aggregate((a, b) => a * b)));
        });
        float[] sequence = Numbers(random, 1, Steps * Width), other = Numbers(random, 1, Steps * Width);

        var quantized = Int8Graph.Quantize(full, new Dictionary<string, double> { ["x"] = 1 }, out int found);

        Assert.Equal(products, found);
        float[] expected = Run(full, sequence), alone = Run(quantized, sequence);
        Assert.All(expected.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.05));
        Assert.Equal(alone, Run(quantized, sequence, other));
    }

    [Theory]
    [InlineData("Gru", 4), InlineData("GruResetBefore", 3), InlineData("Lstm", 4), InlineData("Rnn", 1)]
    public void A_cell_has_a_product_for_each_gate_with_its_bias_and_no_pass_to_part_or_add_them(string kind, int products)
    {
        Value x = Value.Input("x", ElementType.Float, "N", Width), h = Value.Input("h", ElementType.Float, "N", Columns);
        Value memory = Value.Input("c", ElementType.Float, "N", Columns);
        var context = new LayerContext(ElementType.Float, training: false);
        var cell = Cell.Create(context, "cell", Enum.Parse<CellKind>(kind), Columns);
        var next = cell.Next(context.Linear("cell.input", x, cell.Gates * Columns), [.. new[] { h, memory }.Take(cell.States)]);
        Value[] inputs = [.. new[] { x, h, memory }.Take(1 + cell.States)];
        var random = new Random(11);
        var full = OnnxWriter.Write("decoder", inputs, [("y", next[0])], (graph, p) =>
        {
            long[] shape = [.. p.Shape.Select(d => d.Factor)];
            HalfWeights.Add(graph, p.Name!, shape, Numbers(random, 0.3f, (int)shape.Aggregate((a, b) => a * b)));
        });
        float[][] rows = [.. inputs.Select(input => Numbers(random, 1, (int)input.Shape[^1].Factor))];

        var quantized = Int8Graph.Quantize(full, new Dictionary<string, double> { ["x"] = 1, ["h"] = 1 }, out int found);

        Assert.Equal(products, found);
        Assert.DoesNotContain(quantized.Graph.Node, n => n.OpType == "Split");
        Assert.All(quantized.Graph.Node.Where(n => n.OpType == "Add"), n => Assert.DoesNotContain(n.Input, i => i.Contains("bias", StringComparison.Ordinal)));
        Assert.All(First(full, rows).Zip(First(quantized, rows)), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.05));
    }

    [Fact]
    public void A_split_into_too_few_columns_for_8_bits_is_kept()
    {
        var x = Value.Input("x", ElementType.Float, "N", Width);
        var parts = x.MatMul(Matrix(Numbers(new Random(13), 0.3f, Width * Columns), Width)).Split(-1, Columns - 8, 8);
        var model = Model(Ops.Concat(-1, parts[1].Tanh(), parts[0]), [x]);

        var quantized = Int8Graph.Quantize(model, new Dictionary<string, double> { ["x"] = 1 }, out int products);

        Assert.Equal(1, products);
        Assert.Equal(["QuantizeLinear", "MatMulIntegerToFloat", "Split", "Tanh", "Concat"], quantized.Graph.Node.Select(n => n.OpType));
    }

    [Fact]
    public void Products_of_parts_of_products_are_taken_apart_one_after_the_other()
    {
        var x = Value.Input("x", ElementType.Float, "N", Width);
        var random = new Random(17);
        var first = x.MatMul(Matrix(Numbers(random, 0.3f, Width * Columns), Width)).Tanh().Split(-1, 16, 16);
        var second = first[0].MatMul(Matrix(Numbers(random, 0.3f, 16 * Columns), 16)).Split(-1, 16, 16);
        var model = Model(second[0].Sigmoid() * second[1].Tanh() + first[1], [x]);
        float[] row = Numbers(random, 1);

        var quantized = Int8Graph.Quantize(model, new Dictionary<string, double> { ["x"] = 1 }, out int products);

        Assert.Equal(4, products);
        Assert.DoesNotContain(quantized.Graph.Node, n => n.OpType == "Split");
        Assert.All(First(model, row).Zip(First(quantized, row)), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.05));
    }

    [Fact]
    public async Task The_shipped_translator_loses_little_and_answers_do_not_depend_on_the_batch()
    {
        using var folder = new TemporaryFolder();
        var source = ModelBundle.Versions(TestData.InRepository("models", "multi30k-en-de"))[0].Folder;
        var copy = Path.Combine(folder.Path, "multi30k-en-de");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var pairs = TestData.Multi30k("val", "en").Zip(TestData.Multi30k("val", "de"), (e, d) => new SentencePair(e, d)).Take(80).ToList();
        var progress = new ProgressReport(TextWriter.Null, live: false, TimeProvider.System);
        var judge = new TranslationJudge(pairs, "80 of val", progress);

        var full = judge.Measure(copy, "fp32");
        Assert.True(BundleQuantizer.Quantize(copy, judge, progress, full));

        var manifest = BundleReader.Load(copy).Manifest;
        var metric = manifest.Metrics[^1];
        Assert.Contains(", int8,", metric.Method, StringComparison.Ordinal);
        Assert.InRange(metric.Value, full.Score - 1, 60);
        Assert.Contains("int8", File.ReadAllText(Path.Combine(copy, "README.md")), StringComparison.Ordinal);
        using var sessions = ModelSessions.Load(BundleReader.Load(copy), precision: "int8");
        Assert.Equal(Logits(sessions, [[7, 8, 9, 3]]), Logits(sessions, [[7, 8, 9, 3], [30, 40, 50, 60], [11, 12, 13, 14]]));
    }

    /// <summary>Logits of the first sentence's first row after three steps.</summary>
    private static float[] Logits(ModelSessions sessions, int[][] sentences)
    {
        using var decoder = sessions.CreateDecoder();
        decoder.Start([.. sentences.Select(tokens => (Source)new TextSource(tokens))], width: 2);
        float[] logits = [];
        foreach (int token in new[] { 2, 20, 21 })
            logits = decoder.Advance([.. Enumerable.Repeat(token, sentences.Length * 2)], attention: false).Logits[..decoder.VocabularySize].ToArray();
        return logits;
    }

    private static float[] Numbers(Random random, float bound, int count = Width) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 2 * bound)];

    /// <summary>What a recurrent layer makes of the first of some sequences.</summary>
    private static float[] Run(ModelProto model, params float[][] sequences)
    {
        using var session = new Session(model.ToByteArray());
        var byTime = Enumerable.Range(0, Steps).SelectMany(t => sequences.SelectMany(s => s.Skip(t * Width).Take(Width)));
        using var x = Tensor.Copy<float>([.. byTime], Steps, sequences.Length, Width);
        var outputs = new Tensor?[1];
        session.Run([x], outputs);
        using var y = outputs[0]!;
        return [.. y.AsSpan<float>().ToArray().Chunk(Columns).Where((_, i) => i % sequences.Length == 0).SelectMany(row => row)];
    }

    private static Value Matrix(IEnumerable<float> values, long rows) => Value.Constant<float>([.. values], ElementType.Float, rows, Columns);

    private static ModelProto Model(Value y, Value[] inputs) => OnnxWriter.Write("decoder", inputs, [("y", y)]);

    private static float[] Run(Value y, Dictionary<string, double> known, int expected, params float[][] inputs)
    {
        Value[] leaves = [.. known.Keys.Select(name => Topology.Order([y]).SelectMany(n => n.Inputs).First(v => v.Name == name))];
        var quantized = Int8Graph.Quantize(Model(y, leaves), known, out int products);
        Assert.Equal(expected, products);
        return First(quantized, inputs);
    }

    /// <summary>The first output of a graph for a batch of one.</summary>
    private static float[] First(ModelProto model, params float[][] inputs)
    {
        using var session = new Session(model.ToByteArray());
        Tensor[] tensors = [.. inputs.Select(values => Tensor.Copy<float>(values, 1, values.Length))];
        var outputs = new Tensor?[1];
        session.Run(tensors, outputs);
        float[] found = outputs[0]!.AsSpan<float>().ToArray();
        foreach (var tensor in tensors.Append(outputs[0]!))
            tensor.Dispose();
        return found;
    }
}
