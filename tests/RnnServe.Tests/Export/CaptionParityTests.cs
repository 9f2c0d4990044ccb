using RnnServe.Inference.Onnx;
using RnnServe.Tests.Backbones;
using RnnServe.Tests.Bundles;
using RnnServe.Training;
using RnnServe.Training.Data;
using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Export;

public sealed class CaptionParityTests
{
    private const int Vocabulary = 30, Side = 32;

    public static TheoryData<string, string, string> Networks
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var cell in Enum.GetNames<CellKind>())
            {
                data.Add(nameof(CaptionDecoderKind.ShowTell), cell, nameof(AttentionKind.Additive));
                foreach (var attention in new[] { AttentionKind.Additive, AttentionKind.Dot, AttentionKind.General })
                    data.Add(nameof(CaptionDecoderKind.ShowAttendTell), cell, attention.ToString());
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void Exported_graphs_give_from_photos_the_logits_that_the_training_graph_gives_from_features(string decoder, string cell, string attention) =>
        Check(Backbone.Of(TinyCnn.Model(), "deep"), decoder, cell, attention);

    [Fact]
    public void So_do_they_with_trained_layers_of_the_CNN()
    {
        using var folder = new TemporaryFolder();
        var backbone = Backbone.Load(new() { Path = TinyCnn.Write(folder.Path), Output = "early", Trained = "act2" });

        Check(backbone, nameof(CaptionDecoderKind.ShowAttendTell), nameof(CellKind.Gru), nameof(AttentionKind.Additive));
    }

    private static void Check(Backbone backbone, string decoder, string cell, string attention)
    {
        var recipe = new CaptionRecipe
        {
            Backbone = new() { Size = Side },
            Model = new()
            {
                Decoder = Enum.Parse<CaptionDecoderKind>(decoder),
                Cell = Enum.Parse<CellKind>(cell),
                Attention = Enum.Parse<AttentionKind>(attention),
                Embedding = 12,
                Hidden = 20,
                AttentionSize = 10,
                Memory = 20,
                LayerNormalisation = cell == nameof(CellKind.Gru),
            },
            Training = new() { Threads = 1 },
        };
        using var cnn = new FeatureGraph(backbone, Side, ElementType.Float, new());
        SequenceLoss Loss(bool training) => LossOfCaptions.Build(
            recipe, Vocabulary, cnn.Measured, training, ElementType.Float, ElementType.Float);
        using var graph = new LossGraph(Loss, recipe.Training);
        foreach (var parameter in graph.Parameters.All)
            HalfWeights.Round(parameter.Value.AsSpan<float>());
        var exported = CaptionGraphs.Build(recipe, Vocabulary, backbone, cnn.Measured, graph.Parameters);
        using var check = new ParityCheck(Loss(false), graph.Parameters, exported);
        using var batch = CaptionedPhotos(cnn);

        Assert.InRange(check.Verify(batch), 0, ParityCheck.Tolerance);
        graph.Parameters["embedding"].Value.AsSpan<float>()[(5 * 12) + 3] += 0.5f;
        Assert.Throws<UserException>(() => check.Verify(batch));
    }

    private static Batch CaptionedPhotos(FeatureGraph cnn)
    {
        var random = new Random(3);
        var photos = Tensor.Copy<float>([.. Enumerable.Range(0, 3 * 3 * Side * Side).Select(_ => (2 * random.NextSingle()) - 1)], 3, 3, Side, Side);
        var inputs = TargetTensors.Create([[5, 6, 7, 8, 9], [10, 5], [11, 12, 5, 13]], new());
        inputs["image"] = photos;
        inputs["features"] = cnn.Run(photos);
        inputs["photo"] = Tensor.Copy<long>([0, 1, 2], 3);
        return new Batch(inputs, 3, 14);
    }
}
