using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Onnx;

public sealed class ErrorTests
{
    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<OnnxRuntimeException>(() => new Session("no/such/model.onnx"));

        Assert.Contains("NoSuchFile", error.Message, StringComparison.Ordinal);
        Assert.Contains("no/such/model.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_a_model_are_refused()
    {
        var model = TinyModels.Identity(ElementType.Float);

        var garbage = Assert.Throws<OnnxRuntimeException>(() => new Session("garbage"u8.ToArray()));
        Assert.Contains("InvalidProtobuf", garbage.Message, StringComparison.Ordinal);
        Assert.Throws<OnnxRuntimeException>(() => new Session(model[..(model.Length / 2)]));
        Assert.Throws<OnnxRuntimeException>(() => new Session(Array.Empty<byte>()));
        Assert.ThrowsAny<Exception>(() => new Session("model\0.onnx"));
    }

    [Fact]
    public void An_unknown_operator_is_named()
    {
        var value = TinyModels.Value("x", ElementType.Float, 1);
        var model = TinyModels.Model(
            [TinyModels.Node("Frobnicate", ["x"], ["y"])], [value], [TinyModels.Value("y", ElementType.Float, 1)]);

        var error = Assert.Throws<OnnxRuntimeException>(() => new Session(model));

        Assert.Contains("Frobnicate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_output_is_not_a_tensor_is_refused()
    {
        var model = TinyModels.SequenceOutput();

        var error = Assert.Throws<NotSupportedException>(() => new Session(model));

        Assert.Contains("'y'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_fails_with_both_shapes_and_the_session_goes_on()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var x = Tensor.Copy<float>([1, 2, 3], 1, 3);
        using var y = Tensor.Allocate(ElementType.Float, 1, 3);
        using var tooMany = Tensor.Allocate(ElementType.Float, 2, 3);
        using var tooWide = Tensor.Allocate(ElementType.Float, 1, 4);

        var output = Assert.Throws<OnnxRuntimeException>(() => session.Run([x], [tooMany]));
        var input = Assert.Throws<OnnxRuntimeException>(() => session.Run([tooWide], [y]));
        session.Run([x], [y]);

        Assert.Contains("InvalidArgument", input.Message, StringComparison.Ordinal);
        Assert.Contains("{2,3}", output.Message, StringComparison.Ordinal);
        Assert.Contains("{1,3}", output.Message, StringComparison.Ordinal);
        Assert.Equal([1f, 2f, 3f], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_wrong_type_fails()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var x = Tensor.Copy<float>([1, 2, 3], 1, 3);
        using var integers = Tensor.Allocate(ElementType.Int32, 1, 3);

        Assert.Throws<OnnxRuntimeException>(() => session.Run([integers], new Tensor?[1]));
        Assert.Throws<OnnxRuntimeException>(() => session.Run([x], [integers]));
        Assert.Equal([0, 0, 0], integers.AsSpan<int>().ToArray());
    }

    [Fact]
    public void Wrong_counts_and_missing_tensors_are_refused()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var a = Tensor.Allocate(ElementType.Float, 1, 3);

        Assert.Throws<ArgumentException>(() => session.Run([a], new Tensor?[2]));
        Assert.Throws<ArgumentException>(() => session.Run([a, a], new Tensor?[1]));
        Assert.Throws<ArgumentNullException>(() => session.Run([a, null!], new Tensor?[2]));
    }

    [Fact]
    public void A_disposed_session_says_so()
    {
        var session = new Session(TinyModels.Identity(ElementType.Float));
        using var x = Tensor.Allocate(ElementType.Float, 1, 3);
        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Run([x], new Tensor?[1]));
    }

    [Fact]
    public void A_provider_that_the_build_lacks_is_refused_with_the_fix()
    {
        var error = Assert.Throws<ProviderException>(() => new ExecutionOptions { Provider = ExecutionProvider.Cuda }.Check());

        Assert.Contains("'cuda'", error.Message, StringComparison.Ordinal);
        Assert.Contains("-p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Throws<ProviderException>(() => new Session(TinyModels.Identity(ElementType.Float), new() { Provider = ExecutionProvider.Cuda }));
    }
}
