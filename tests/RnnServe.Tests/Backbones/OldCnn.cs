using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Backbones;

/// <summary>A CNN as files of 2018 have them: operator set 8, weights among the inputs, one photo at a time, batch normalisation.</summary>
/// <remarks>A photo [1, 3, 32, 32] gives "deep" [1, 40, 4, 4].</remarks>
internal static class OldCnn
{
    public static ModelProto Model()
    {
        var model = TinyCnn.Model(operatorSet: 8);
        model.IrVersion = 3;
        var graph = model.Graph;
        graph.Initializer.AddRange(
        [
            TinyCnn.Weight("factor", 6, 1, TinyCnn.Early), TinyCnn.Weight("shift", 7, 0.5f, TinyCnn.Early), TinyCnn.Weight("average", 8, 0.2f, TinyCnn.Early),
            TinyCnn.Weight("variance", 9, 0, TinyCnn.Early),
        ]);
        var (variance, random) = (graph.Initializer[^1], new Random(10));
        variance.RawData = Google.Protobuf.ByteString.Empty;
        variance.FloatData.AddRange(Enumerable.Range(0, TinyCnn.Early).Select(_ => 0.2f + random.NextSingle()));

        var normalisation = TinyCnn.Node("BatchNormalization", "normal", ["sum1", "factor", "shift", "average", "variance"]);
        normalisation.Attribute.Add(new AttributeProto { Name = "spatial", I = 1, Type = AttributeProto.Types.AttributeType.Int });
        normalisation.Attribute.Add(new AttributeProto { Name = "epsilon", F = 0.01f, Type = AttributeProto.Types.AttributeType.Float });
        graph.Node.Insert(1, normalisation);
        graph.Node[2].Input[0] = "normal";

        graph.Input.Clear();
        graph.Input.Add(TinyCnn.Info("photo", 1, 3, 32, 32));
        graph.Input.AddRange(graph.Initializer.Select(w => TinyCnn.Info(w.Name, [.. w.Dims.Select(d => (object)(int)d)])));
        graph.Output.Clear();
        graph.Output.Add(TinyCnn.Info("deep", 1, TinyCnn.Deep, 4, 4));
        return model;
    }
}
