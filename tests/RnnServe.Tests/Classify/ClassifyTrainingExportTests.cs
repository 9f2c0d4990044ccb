using RnnServe.Training;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingExportTests
{
    public static TheoryData<string, string, bool> Networks
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (string pooling in Enum.GetNames<Pooling>())
            {
                foreach (string cell in Enum.GetNames<CellKind>())
                    data.Add(pooling, cell, cell != nameof(CellKind.Rnn));
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_exported_graph_says_what_the_training_graph_says(string pooling, string cell, bool bidirectional)
    {
        var recipe = SmallClassifier.Recipe(pooling, cell, bidirectional);
        using var graph = SmallClassifier.Graph(recipe);
        using var exported = new GraphClassifier(ClassifyGraph.Write(recipe, SmallClassifier.Vocabulary, graph.Parameters));
        using var reference = Reference(recipe, graph.Parameters);

        Assert.InRange(ClassifyParity.Verify(reference, exported, [SmallClassifier.Batch()]), 0, ClassifyParity.Tolerance);
    }

    [Theory]
    [InlineData("output.weight"), InlineData("attention.energy.weight"), InlineData("embedding")]
    public void An_export_whose_weights_differ_is_refused(string name)
    {
        var recipe = SmallClassifier.Recipe("Attention");
        using var graph = SmallClassifier.Graph(recipe);
        using var exported = new GraphClassifier(ClassifyGraph.Write(recipe, SmallClassifier.Vocabulary, graph.Parameters));
        foreach (ref float weight in graph.Parameters[name].Value.AsSpan<float>())
            weight = 0.5f - weight;
        using var reference = Reference(recipe, graph.Parameters);

        var error = Assert.Throws<UserException>(() => ClassifyParity.Verify(reference, exported, [SmallClassifier.Batch()]));

        Assert.EndsWith("at most 0.0001 is allowed. Nothing was exported.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Attention"), InlineData("Mean"), InlineData("Last")]
    public void A_text_gets_the_same_answer_whatever_the_batch(string pooling)
    {
        var recipe = SmallClassifier.Recipe(pooling);
        using var graph = SmallClassifier.Graph(recipe);
        using var classifier = new GraphClassifier(ClassifyGraph.Write(recipe, SmallClassifier.Vocabulary, graph.Parameters));
        using var together = SmallClassifier.Batch();
        using var alone = SmallClassifier.Batch([9, 10, 11]);
        using var padded = classifier.Run(together);
        using var plain = classifier.Run(alone);

        float[] expected = plain.Logits.AsSpan<float>().ToArray(), found = padded.Logits.AsSpan<float>().ToArray()[2..4];

        Assert.Equal(expected[0], found[0], 1e-6);
        Assert.Equal(expected[1], found[1], 1e-6);
    }

    [Fact]
    public void Attention_sums_to_one_and_leaves_padding_out()
    {
        var recipe = SmallClassifier.Recipe("Attention");
        using var graph = SmallClassifier.Graph(recipe);
        using var classifier = new GraphClassifier(ClassifyGraph.Write(recipe, SmallClassifier.Vocabulary, graph.Parameters));
        using var batch = SmallClassifier.Batch();
        using var answer = classifier.Run(batch);

        float[][] rows = [.. answer.Attention!.AsSpan<float>().ToArray().Chunk(5)];

        Assert.All(rows, row => Assert.Equal(1, row.Sum(), 1e-6));
        Assert.Equal([1f, 0, 0, 0, 0], rows[0]);
        Assert.Equal([0f, 0], rows[1][3..]);
        Assert.Equal(5, rows[2].Distinct().Count());
    }

    private static GraphClassifier Reference(ClassifyRecipe recipe, ParameterSet weights) =>
        new(ClassifyLoss.Build(recipe, SmallClassifier.Vocabulary, training: false), weights, new());
}
