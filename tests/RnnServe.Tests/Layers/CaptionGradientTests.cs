using RnnServe.Inference.Onnx;
using RnnServe.Tests.Autodiff;
using RnnServe.Tests.Backbones;
using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Layers;

/// <summary>The loss of captioning against central differences in double precision, with photos that captions share.</summary>
public sealed class CaptionGradientTests
{
    private const int Vocabulary = 6, Channels = 3, Cells = 4;

    public static TheoryData<string, string, string> Networks
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var cell in Enum.GetNames<CellKind>())
            {
                data.Add(nameof(CaptionDecoderKind.ShowTell), cell, nameof(AttentionKind.None));
                foreach (var attention in new[] { AttentionKind.Additive, AttentionKind.Dot, AttentionKind.General })
                    data.Add(nameof(CaptionDecoderKind.ShowAttendTell), cell, attention.ToString());
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_loss_of_a_network_agrees_with_central_differences(string decoder, string cell, string attention)
    {
        var loss = Build(Recipe(decoder, cell, attention));
        using var batch = new CaptionBatch();

        GradientCheck.Verify(
            loss.Loss * 0.1,
            [.. loss.Context.Parameters.Select((p, i) => (p.Value, GradientCheck.Numbers((int)p.Value.Shape.Size.Factor, i + 1)))],
            [.. loss.Inputs.Select(input => (input, batch.Tensors[input.Name!]))]);
    }

    [Fact]
    public void The_loss_with_the_CNN_in_the_graph_agrees_with_central_differences()
    {
        var recipe = Recipe(nameof(CaptionDecoderKind.ShowAttendTell), nameof(CellKind.Gru), nameof(AttentionKind.Additive));
        var cnn = new ResidualSettings { Size = 8, Stem = 2, Widths = [2], Blocks = [1] };
        var loss = LossOfCaptions.BuildWithCnn(recipe, cnn, Vocabulary, training: true, ElementType.Double);
        using var batch = new CaptionBatch();
        batch.Tensors["image"] = Tensor.Copy<double>(GradientCheck.Numbers(2 * 3 * 8 * 8, seed: 7), 2, 3, 8, 8);
        var fixedValues = loss.Context.Parameters.Where(p => !p.Learnt).Select(p => (p.Value, Tensor.Copy<double>(
            GradientCheck.Numbers((int)p.Value.Shape.Size.Factor, 5, 0.5, 1.5), p.Value.Shape[0].Factor))).ToArray();

        GradientCheck.Verify(
            loss.Loss * 0.1,
            [.. loss.Context.Parameters.Where(p => p.Learnt).Select((p, i) => (p.Value, GradientCheck.Numbers((int)p.Value.Shape.Size.Factor, i + 1)))],
            [.. loss.Inputs.Select(input => (input, batch.Tensors[input.Name!])), .. fixedValues]);
    }

    [Fact]
    public void The_loss_with_layers_of_the_CNN_in_the_graph_agrees_with_central_differences()
    {
        var layers = TrainedLayers.Between(ResidualBlock.Model(Channels), "early", "late");
        var recipe = Recipe(nameof(CaptionDecoderKind.ShowAttendTell), nameof(CellKind.Gru), nameof(AttentionKind.Additive));
        var loss = Build(recipe, grid: new(2, 2, Channels) { Trained = layers });
        using var batch = new CaptionBatch();

        Assert.Equal(4, loss.Context.Parameters.Count(p => p.Value.Name!.StartsWith("cnn.", StringComparison.Ordinal)));
        GradientCheck.Verify(
            loss.Loss * 0.1,
            [.. loss.Context.Parameters.Select((p, i) => (p.Value, GradientCheck.Numbers((int)p.Value.Shape.Size.Factor, i + 1)))],
            [.. loss.Inputs.Select(input => (input, batch.Tensors[input.Name!]))]);
    }

    // With general attention, whose keys have no bias, cells without features are all alike: each of the four gets a quarter.
    [Fact]
    public void The_doubly_stochastic_term_adds_the_squares_of_what_each_cell_misses()
    {
        var recipe = Recipe(nameof(CaptionDecoderKind.ShowAttendTell), nameof(CellKind.Gru), nameof(AttentionKind.General));
        using var batch = new CaptionBatch(features: 0);

        double without = batch.Run(Build(recipe with { DoublyStochastic = 0 })), with = batch.Run(Build(recipe with { DoublyStochastic = 0.7 }));

        // Captions of 4, 2 and 2 tokens: cells were looked at 1, 1/2 and 1/2 times.
        double missing = Cells * (0 + 0.25 + 0.25);
        Assert.Equal(0.7 * missing, with - without, 1e-9);
    }

    [Fact]
    public void Without_training_the_loss_is_the_likelihood_alone()
    {
        var recipe = Recipe(nameof(CaptionDecoderKind.ShowAttendTell), nameof(CellKind.Gru), nameof(AttentionKind.Additive));
        using var batch = new CaptionBatch();

        double plain = batch.Run(Build(recipe, training: false));
        double regularised = batch.Run(Build(recipe, training: true));

        Assert.Equal(plain, batch.Run(Build(recipe with { DoublyStochastic = 0, Training = new() { LabelSmoothing = 0 } })), 1e-12);
        Assert.True(regularised > plain);
    }

    private static SequenceLoss Build(CaptionRecipe recipe, bool training = true, FeatureGrid? grid = null) =>
        LossOfCaptions.Build(recipe, Vocabulary, grid ?? new(2, 2, Channels), training, ElementType.Double, ElementType.Double);

    private static CaptionRecipe Recipe(string decoder, string cell, string attention) => new()
    {
        Model = new()
        {
            Decoder = Enum.Parse<CaptionDecoderKind>(decoder),
            Cell = Enum.Parse<CellKind>(cell),
            Attention = Enum.Parse<AttentionKind>(attention),
            Embedding = 3,
            Hidden = 4,
            AttentionSize = 3,
            Memory = 4,
        },
        Dropout = new() { Embedding = 0, Memory = 0, Decoder = 0, Readout = 0 },
    };

    /// <summary>Two photos of 2 x 2 cells, three captions: two of the first photo.</summary>
    private sealed class CaptionBatch : IDisposable
    {
        public CaptionBatch(double features = 1)
        {
            double[] grid = [.. GradientCheck.Numbers(2 * Cells * Channels, seed: 99).Select(x => x * features)];
            Tensors = new()
            {
                ["features"] = Tensor.Copy<double>(grid, 2, Cells, Channels),
                ["photo"] = Tensor.Copy<long>([0, 1, 0], 3),
                ["target_in"] = Tensor.Copy<long>([2, 5, 4, 4, 2, 5, 0, 0, 2, 4, 0, 0], 3, 4),
                ["target_out"] = Tensor.Copy<long>([5, 4, 4, 3, 5, 3, 0, 0, 4, 3, 0, 0], 3, 4),
                ["target_mask"] = Tensor.Copy<double>([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0], 3, 4),
            };
        }

        public Dictionary<string, Tensor> Tensors { get; }

        /// <summary>The loss with fixed pseudo-random weights.</summary>
        public double Run(SequenceLoss loss)
        {
            Value[] weights = [.. loss.Context.Parameters.Select(p => p.Value)];
            using var session = new Session(
                Google.Protobuf.MessageExtensions.ToByteArray(OnnxWriter.Write("loss", [.. loss.Inputs, .. weights], [("loss", loss.Loss)])));
            Tensor[] given = [.. weights.Select((w, i) => Tensor.Copy<double>(
                GradientCheck.Numbers((int)w.Shape.Size.Factor, i + 1), w.Shape.Evaluate(new Dictionary<string, long>())))];
            var outputs = new Tensor?[1];
            session.Run([.. loss.Inputs.Select(i => Tensors[i.Name!]), .. given], outputs);
            double result = outputs[0]!.AsSpan<double>()[0];
            foreach (var tensor in given.Append(outputs[0]!))
                tensor.Dispose();
            return result;
        }

        public void Dispose()
        {
            foreach (var tensor in Tensors.Values)
                tensor.Dispose();
        }
    }
}
