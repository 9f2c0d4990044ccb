using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

/// <summary>Rows of a table that occur often get the gradients of all their uses, however many threads add them up.</summary>
public sealed class SharedRowsTests
{
    [Theory]
    [InlineData(1), InlineData(4)]
    public void Gradients_of_rows_that_occur_often_are_complete(int threads)
    {
        const int Uses = 20_000, Size = 256;
        var table = Value.Parameter("table", ElementType.Float, 3, Size);
        var ids = Value.Input("ids", ElementType.Int64, "N");
        var scale = Value.Input("scale", ElementType.Float, "N", 1);
        var gradient = Gradients.Of((table.Gather(ids) * scale).SumAll(), [table])[0];
        using var session = new Session(
            OnnxWriter.Write("shared", [table, ids, scale], [("gradient", gradient)]).ToByteArray(), new() { IntraOpThreads = threads });
        using var weights = Tensor.Copy<float>(new float[3 * Size], 3, Size);
        using var used = Tensor.Copy<long>([.. Enumerable.Range(0, Uses).Select(i => i % 5 == 0 ? 2L : 1L)], Uses);
        using var ones = Tensor.Copy<float>([.. Enumerable.Repeat(1f, Uses)], Uses, 1);

        for (int run = 0; run < 5; run++)
        {
            var outputs = new Tensor?[1];
            session.Run([weights, used, ones], outputs);
            using var found = outputs[0]!;

            // Sums of ones are exact in floats.
            Assert.All(found.AsSpan<float>()[..Size].ToArray(), g => Assert.Equal(0, g));
            Assert.All(found.AsSpan<float>()[Size..(2 * Size)].ToArray(), g => Assert.Equal(Uses * 4 / 5, g));
            Assert.All(found.AsSpan<float>()[(2 * Size)..].ToArray(), g => Assert.Equal(Uses / 5, g));
        }
    }
}
