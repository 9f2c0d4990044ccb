using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Classify;

/// <summary>Recipes and batches of classifiers that take no time.</summary>
internal static class SmallClassifier
{
    public const int Vocabulary = 12;

    /// <summary>A network with two labels.</summary>
    public static ClassifyRecipe Recipe(string pooling, string cell = nameof(CellKind.Gru), bool bidirectional = true) => new()
    {
        Labels = [new() { Name = "bad" }, new() { Name = "good" }],
        Model = new()
        {
            Cell = Enum.Parse<CellKind>(cell),
            Pooling = Enum.Parse<Pooling>(pooling),
            Bidirectional = bidirectional,
            Embedding = 3,
            Hidden = 2,
            Layers = 2,
            AttentionSize = 3,
        },
        Dropout = new() { Embedding = 0, Layers = 0, Output = 0 },
        Training = new() { Threads = 1 },
    };

    /// <summary>Its graph in training, with first weights that are stored exactly in 16 bits.</summary>
    public static LossGraph Graph(ClassifyRecipe recipe)
    {
        var graph = new LossGraph(training => ClassifyLoss.Build(recipe, Vocabulary, training), recipe.Training);
        foreach (var parameter in graph.Parameters.All)
        {
            foreach (ref float weight in parameter.Value.AsSpan<float>())
                weight = (float)(Half)weight;
        }

        return graph;
    }

    /// <summary>One batch of texts of 5, 3 and 1 tokens, the shortest first.</summary>
    public static Batch Batch() => Batch([4, 5, 6, 7, 8], [9, 10, 11], [7]);

    public static Batch Batch(params int[][] texts) =>
        new ClassifyBatches([], [.. texts.Select(tokens => new TokenTarget(tokens, [0, 1]))]).Validation().Single();
}
