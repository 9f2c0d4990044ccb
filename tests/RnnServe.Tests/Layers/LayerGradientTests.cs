using RnnServe.Inference.Onnx;
using RnnServe.Tests.Autodiff;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Layers;

/// <summary>Every layer against central differences in double precision, Scan with masks included.</summary>
public sealed class LayerGradientTests
{
    private const int Hidden = 3;

    // Two sentences of four and two tokens, time first.
    private static readonly double[] Mask = [1, 1, 1, 1, 1, 0, 1, 0];

    public static TheoryData<string, bool, bool> Recurrences
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var cell in Enum.GetNames<CellKind>())
            {
                foreach (var (reversed, masked) in new[] { (false, false), (false, true), (true, false), (true, true) })
                    data.Add(cell, reversed, masked);
            }

            return data;
        }
    }

    /// <summary>Every cell and every attention; in the long tests every pair.</summary>
    public static TheoryData<string, string> Networks
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var cell in Enum.GetNames<CellKind>())
            {
                foreach (var attention in Enum.GetNames<AttentionKind>())
                {
                    if (Skip.LongTestsAreWanted || cell == nameof(CellKind.Gru) || attention == nameof(AttentionKind.Additive))
                        data.Add(cell, attention);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Recurrences))]
    public void A_recurrence_agrees_with_central_differences(string cell, bool reversed, bool masked)
    {
        var context = new LayerContext(ElementType.Double, training: false);
        var x = Value.Input("x", ElementType.Double, 4, 2, 2);
        var layer = new Recurrence(context, "layer", Enum.Parse<CellKind>(cell), Hidden);
        Value[] first = [.. Enumerable.Range(0, layer.States).Select(i => Value.Input($"first{i}", ElementType.Double, 2, Hidden))];
        var mask = masked ? Value.Constant<double>(Mask, ElementType.Double, 4, 2, 1) : null;

        var (outputs, last) = layer.Over(x, first, mask, reversed);

        var y = outputs.SumAll() + (outputs * outputs).SumAll() + last.Select(s => (s * s * 0.3).SumAll()).Aggregate((a, b) => a + b);
        GradientCheck.Verify(y, Parameters(context, [x, .. first]));
    }

    [Fact]
    public void Stacked_recurrences_that_start_from_zeros_agree_with_central_differences()
    {
        var context = new LayerContext(ElementType.Double, training: false);
        var x = Value.Input("x", ElementType.Double, 4, 2, 2);
        var mask = Value.Constant<double>(Mask, ElementType.Double, 4, 2, 1);
        var (forward, _) = new Recurrence(context, "forward", CellKind.Gru, Hidden).Over(x, mask: mask);
        var (backward, _) = new Recurrence(context, "backward", CellKind.Lstm, Hidden).Over(x, mask: mask, reversed: true);
        var (top, last) = new Recurrence(context, "top", CellKind.GruResetBefore, Hidden).Over(Ops.Concat(-1, forward, backward), mask: mask);

        GradientCheck.Verify((top * top).SumAll() + last[0].SumAll(), Parameters(context, [x]));
    }

    [Fact]
    public void Padding_changes_neither_outputs_nor_last_states()
    {
        var context = new LayerContext(ElementType.Float, training: false);
        var x = Value.Input("x", ElementType.Float, "T", 1, 2);
        var mask = Value.Input("mask", ElementType.Float, "T", 1, 1);
        var (outputs, last) = new Recurrence(context, "layer", CellKind.Gru, Hidden).Over(x, mask: mask, reversed: true);
        using var runner = new GraphRunner(context, [x, mask], [outputs, last[0]]);

        var plain = runner.Run([[.1f, .2f, .3f, .4f], [1, 1]], [2, 1, 2], [2, 1, 1]);
        var padded = runner.Run([[.1f, .2f, .3f, .4f, 9, 9], [1, 1, 0]], [3, 1, 2], [3, 1, 1]);

        Assert.Equal(plain[0], padded[0].Take(2 * Hidden));
        Assert.Equal(plain[1], padded[1]);
    }

    [Theory]
    [InlineData(nameof(AttentionKind.Additive)), InlineData(nameof(AttentionKind.Dot)), InlineData(nameof(AttentionKind.General))]
    public void An_attention_agrees_with_central_differences(string kind)
    {
        var context = new LayerContext(ElementType.Double, training: false);
        var query = Value.Input("query", ElementType.Double, 2, 2, 3);
        var memory = Value.Input("memory", ElementType.Double, 2, 4, 3);
        var mask = Value.Constant<double>([0, 0, 0, -1e9, 0, 0, -1e9, -1e9], ElementType.Double, 2, 4);
        var attention = new Attention(context, "attention", Enum.Parse<AttentionKind>(kind), 3);

        var (seen, weights) = attention.Over(query, memory, attention.Keys(memory), mask);

        GradientCheck.Verify((seen * seen).SumAll() + (weights * weights).SumAll(), Parameters(context, [query, memory]));
    }

    [Fact]
    public void Basic_layers_agree_with_central_differences()
    {
        var context = new LayerContext(ElementType.Double, training: true);
        var ids = Value.Constant([1L, 0, 1, 2], ElementType.Int64, 2, 2);
        var embedded = context.EmbeddingTable("table", 3, 4).Gather(ids);
        var y = context.LayerNormalisation("norm", context.Linear("linear", context.Dropout(embedded, 0.5), 3).Tanh());
        using var mask = Tensor.Copy<double>([0, 2, 2, 0, 2, 2, 0, 2, 2, 2, 0, 0, 0, 2, 2, 2], 2, 2, 4);

        GradientCheck.Verify(y * y * y, Parameters(context, []), (context.DropoutMasks.Single().Mask, mask));
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_loss_of_a_network_agrees_with_central_differences(string cell, string attention)
    {
        var recipe = new TranslationRecipe
        {
            Model = new()
            {
                Cell = Enum.Parse<CellKind>(cell),
                Attention = Enum.Parse<AttentionKind>(attention),
                Embedding = 3,
                Hidden = 4,
                AttentionSize = 3,
                EncoderHidden = 2,
                EncoderLayers = 2,
            },
            Dropout = new() { Embedding = 0, Encoder = 0, Decoder = 0, Readout = 0 },
        };
        var loss = LossOfTranslation.Build(recipe, new(6, 6), training: true, ElementType.Double);
        using var source = Tensor.Copy<long>([4, 5, 3, 5, 3, 0], 2, 3);
        using var sourceMask = Tensor.Copy<double>([1, 1, 1, 1, 1, 0], 2, 3);
        using var targetIn = Tensor.Copy<long>([2, 5, 4, 4, 2, 5, 0, 0], 2, 4);
        using var targetOut = Tensor.Copy<long>([5, 4, 4, 3, 5, 3, 0, 0], 2, 4);
        using var targetMask = Tensor.Copy<double>([1, 1, 1, 1, 1, 1, 0, 0], 2, 4);
        Tensor[] batch = [source, sourceMask, targetIn, targetOut, targetMask];

        GradientCheck.Verify(loss.Loss * 0.1, Parameters(loss.Context, []), [.. loss.Inputs.Zip(batch)]);
    }

    private static (Value, double[])[] Parameters(LayerContext context, IEnumerable<Value> inputs) =>
        [.. inputs.Concat(context.Parameters.Select(p => p.Value)).Select((leaf, i) =>
            (leaf, GradientCheck.Numbers((int)leaf.Shape.Size.Factor, i + 1)))];
}
