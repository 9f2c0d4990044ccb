using RnnServe.Training;
using RnnServe.Training.Data;
using RnnServe.Training.Decoding;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Export;

public sealed class ParityTests
{
    private static readonly string[] Sentences =
    [
        "A dog runs over the green grass.", "Two women are talking in a café.", "Ein Mann fährt Fahrrad.", "Children play.",
        "A man in a blue shirt is standing on a ladder cleaning a window.", "Eine Frau liest ein Buch.",
    ];

    public static TheoryData<string, string, bool> Networks
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var cell in Enum.GetNames<CellKind>())
            {
                foreach (var attention in Enum.GetNames<AttentionKind>())
                    data.Add(cell, attention, cell == nameof(CellKind.Gru));
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void Exported_graphs_give_the_logits_of_the_training_graph(string cell, string attention, bool normalised)
    {
        var recipe = Recipe(cell, attention, normalised);
        using var graph = Graph(recipe);
        RoundToHalf(graph.Parameters);
        using var check = new ParityCheck(Loss(recipe), graph.Parameters, TranslationGraphs.Build(recipe, new(300, 300), graph.Parameters));
        using var batch = RealSentences();

        Assert.InRange(check.Verify(batch), 0, ParityCheck.Tolerance);
    }

    [Fact]
    public void An_export_whose_weights_differ_is_refused()
    {
        var recipe = Recipe("Gru", "Additive", false);
        using var graph = Graph(recipe);
        RoundToHalf(graph.Parameters);
        var exported = TranslationGraphs.Build(recipe, new(300, 300), graph.Parameters);
        graph.Parameters["decoder.second.recurrent"].Value.AsSpan<float>()[0] += 0.5f;
        using var check = new ParityCheck(Loss(recipe), graph.Parameters, exported);
        using var batch = RealSentences();

        var error = Assert.Throws<UserException>(() => check.Verify(batch));

        Assert.Contains("Nothing was exported", error.Message, StringComparison.Ordinal);
    }

    private static LossGraph Graph(TranslationRecipe recipe) => new(training => Loss(recipe, training), recipe.Training);

    private static SequenceLoss Loss(TranslationRecipe recipe, bool training = false) =>
        LossOfTranslation.Build(recipe, new(300, 300), training);

    private static TranslationRecipe Recipe(string cell, string attention, bool normalised) => new()
    {
        Model = new()
        {
            Cell = Enum.Parse<CellKind>(cell),
            Attention = Enum.Parse<AttentionKind>(attention),
            LayerNormalisation = normalised,
            Embedding = 32,
            Hidden = attention == nameof(AttentionKind.Dot) ? 48 : 40,
            AttentionSize = 20,
            EncoderHidden = 24,
        },
        Training = new() { Threads = 1 },
    };

    private static void RoundToHalf(ParameterSet weights)
    {
        foreach (var parameter in weights.All)
        {
            foreach (ref var weight in parameter.Value.AsSpan<float>())
                weight = (float)(Half)weight;
        }
    }

    // Bytes as tokens: 4 + 256 of them, whatever the tokenizer of the day.
    private static Batch RealSentences()
    {
        TokenPair[] pairs = [.. Sentences.Select((s, i) => new TokenPair(Ids(s), Ids(Sentences[^(i + 1)])))];
        return new TranslationBatches(pairs, pairs).Validation().Single();
    }

    private static int[] Ids(string sentence) => [.. System.Text.Encoding.UTF8.GetBytes(sentence).Select(b => b + 4)];
}
