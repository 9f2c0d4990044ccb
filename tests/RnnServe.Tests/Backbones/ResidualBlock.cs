using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Backbones;

/// <summary>A CNN whose last layers are a residual block: "early", two convolutions with batch normalisation, and their sum, "late".</summary>
internal static class ResidualBlock
{
    public static ModelProto Model(int channels)
    {
        var graph = new GraphProto { Name = "residual" };
        graph.Input.Add(TinyCnn.Info("photo", "N", 3, "H", "W"));
        graph.Output.Add(TinyCnn.Info("late", "N", channels, "Y", "X"));
        graph.Initializer.AddRange(
        [
            TinyCnn.Weight("kernel0", 1, 1, channels, 3, 1, 1), TinyCnn.Weight("kernel1", 2, 0.6f, channels, channels, 3, 3),
            TinyCnn.Weight("kernel2", 3, 0.6f, channels, channels, 3, 3),
        ]);
        graph.Node.AddRange([TinyCnn.Node("Conv", "sum0", ["photo", "kernel0"]), TinyCnn.Node("Relu", "early", ["sum0"])]);
        Convolution("1", "early");
        graph.Node.Add(TinyCnn.Node("Relu", "middle", ["normal1"]));
        Convolution("2", "middle");
        graph.Node.AddRange([TinyCnn.Node("Add", "both", ["normal2", "early"]), TinyCnn.Node("Relu", "late", ["both"])]);
        return new() { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } };

        void Convolution(string number, string from)
        {
            graph.Node.Add(TinyCnn.Node("Conv", $"sum{number}", [from, $"kernel{number}"], TinyCnn.Ints("pads", 1, 1, 1, 1)));
            string[] names = [.. new[] { "gain", "shift", "average", "variance" }.Select(part => part + number)];
            graph.Initializer.AddRange(names.Select((name, i) => TinyCnn.Weight(name, 7 + i, 0.5f, channels)));
            var variance = graph.Initializer[^1];
            variance.RawData = Google.Protobuf.ByteString.Empty;
            variance.FloatData.AddRange(Enumerable.Range(0, channels).Select(i => 0.3f + (0.2f * i)));
            graph.Node.Add(TinyCnn.Node("BatchNormalization", $"normal{number}", [$"sum{number}", .. names]));
        }
    }
}
