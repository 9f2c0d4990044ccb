using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Onnx;

public sealed class SessionTests
{
    private static readonly float[] A = [1, 2, 3, 4, 5, 6];
    private static readonly float[] B = [10, 20, 30, 40, 50, 60];
    private static readonly float[] Sum = [11, 22, 33, 44, 55, 66];
    private static readonly float[] Product = [10, 40, 90, 160, 250, 360];

    [Fact]
    public void A_session_tells_names_types_and_shapes_in_the_graphs_order()
    {
        using var session = new Session(TinyModels.SumAndProduct());

        Assert.Equal(["a", "b"], session.Inputs.Select(input => input.Name));
        Assert.Equal(["sum", "product"], session.Outputs.Select(output => output.Name));
        Assert.Equal(ElementType.Float, session.Inputs[0].Type);
        Assert.Equal([-1, 3], session.Inputs[0].Shape);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Outputs_that_the_runtime_allocates_have_the_shape_of_the_run(int rows)
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var a = Tensor.Copy<float>(A.AsSpan(0, rows * 3), rows, 3);
        using var b = Tensor.Copy<float>(B.AsSpan(0, rows * 3), rows, 3);
        var outputs = new Tensor?[2];

        session.Run([a, b], outputs);

        using var sum = outputs[0]!;
        using var product = outputs[1]!;
        Assert.Equal([rows, 3], sum.Shape.ToArray());
        Assert.Equal(Sum.Take(rows * 3), sum.AsSpan<float>().ToArray());
        Assert.Equal(Product.Take(rows * 3), product.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Given_outputs_are_filled_in_place_beside_allocated_ones()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var a = Tensor.Copy<float>(A, 2, 3);
        using var b = Tensor.Copy<float>(B, 2, 3);
        using var product = Tensor.Allocate(ElementType.Float, 2, 3);
        Tensor?[] outputs = [null, product];

        session.Run([a, b], outputs);

        using var sum = outputs[0]!;
        Assert.Same(product, outputs[1]);
        Assert.Equal(Sum, sum.AsSpan<float>().ToArray());
        Assert.Equal(Product, product.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Outputs_can_be_chosen_by_index()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var a = Tensor.Copy<float>(A, 2, 3);
        using var b = Tensor.Copy<float>(B, 2, 3);
        using var product = Tensor.Allocate(ElementType.Float, 2, 3);

        using var binding = new Binding(session, 1);
        binding.Run([a, b], [product]);

        Assert.Equal(Product, product.AsSpan<float>().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Binding(session, 2));
        Assert.Throws<ArgumentException>(() => binding.Run([a, b], [product, null]));
    }

    [Fact]
    public void One_pair_of_tensors_serves_runs_of_different_shapes()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var x = Tensor.Allocate(ElementType.Float, 4, 3);
        using var y = Tensor.Allocate(ElementType.Float, 4, 3);
        foreach (int rows in (int[])[4, 1, 3, 2])
        {
            x.Reshape(rows, 3);
            y.Reshape(rows, 3);
            x.AsSpan<float>().Fill(rows);

            session.Run([x], [y]);

            Assert.Equal(Enumerable.Repeat((float)rows, rows * 3), y.AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void Hundreds_of_inputs_and_outputs_work_too()
    {
        const int Count = 200;
        using var session = new Session(TinyModels.Wide(Count));
        Tensor[] inputs = [.. Enumerable.Range(0, Count).Select(i => Tensor.Copy<float>([i]))];
        var outputs = new Tensor?[Count + 1];

        session.Run(inputs, outputs);

        Assert.Equal(Count * (Count - 1) / 2, outputs[0]!.AsSpan<float>()[0]);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (float)i), outputs.Skip(1).Select(y => y!.AsSpan<float>()[0]));
        foreach (var tensor in inputs.Concat(outputs)) tensor!.Dispose();
    }

    [Fact]
    public void A_model_file_with_a_name_beyond_ascii_is_loaded()
    {
        var folder = Directory.CreateTempSubdirectory("modèle 模型 ");
        try
        {
            var path = Path.Combine(folder.FullName, "größe.onnx");
            File.WriteAllBytes(path, TinyModels.Identity(ElementType.Int64));

            using var session = new Session(path);

            Assert.Equal("x", session.Inputs[0].Name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_option_of_a_session_is_accepted()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = new ExecutionOptions
            {
                IntraOpThreads = 0,
                Spinning = false,
                ProfilePrefix = Path.Combine(folder.FullName, "profile"),
            };
            using var x = Tensor.Allocate(ElementType.Float, 1, 3);
            using (var session = new Session(TinyModels.Identity(ElementType.Float), options)) session.Run([x], new Tensor?[1]);

            Assert.Contains(folder.GetFiles(), file => file.Name.StartsWith("profile", StringComparison.Ordinal) && file.Length > 0);
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                new Session(TinyModels.Identity(ElementType.Float), new ExecutionOptions { IntraOpThreads = -1 }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_environment_tells_its_version_and_cannot_be_configured_late()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));

        Assert.Matches(@"^\d+\.\d+\.\d+", OnnxEnvironment.Version);
        Assert.Throws<InvalidOperationException>(() => OnnxEnvironment.Configure(intraOpThreads: 2, spinning: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnnxEnvironment.Configure(intraOpThreads: 0, spinning: true));
    }
}
