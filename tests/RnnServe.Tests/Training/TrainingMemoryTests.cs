using RnnServe.Tests.Text;
using RnnServe.Training;
using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Training;

[CollectionDefinition(nameof(TrainingMemoryTests), DisableParallelization = true)]
[Collection(nameof(TrainingMemoryTests))]
public sealed class TrainingMemoryTests(ITestOutputHelper output)
{
    private static readonly DropoutSettings NoDropout = new() { Embedding = 0, Encoder = 0, Decoder = 0, Readout = 0 };

    [Theory]
    [InlineData(0.001), InlineData(0.0004)]
    public void Parts_of_a_batch_have_the_loss_and_the_gradients_of_the_whole(double memoryGb)
    {
        var random = new Random(4);
        TokenPair[] pairs = [.. Enumerable.Range(0, 13).Select(_ => new TokenPair(Sentence(random), Sentence(random)))];
        using var batch = new TranslationBatches(pairs, pairs).Epoch(1, 0).First();
        using var whole = Graph(new() { Threads = 1 });
        using var parts = Graph(new() { Threads = 1, MemoryGb = memoryGb });

        double expected = whole.ForwardBackward(batch, 7);
        double found = parts.ForwardBackward(batch, 7);

        Assert.NotEqual(expected, found);       // other sums: it was run in parts
        Assert.Equal(expected, found, tolerance: 1e-5 * expected);
        Assert.Equal(whole.Loss(batch), parts.Loss(batch), tolerance: 1e-5 * expected);
        foreach (var (a, b) in whole.Parameters.All.Zip(parts.Parameters.All))
            Assert.All(a.Gradient.AsSpan<float>().ToArray().Zip(b.Gradient.AsSpan<float>().ToArray()), p => Assert.Equal(p.First, p.Second, tolerance: 1e-6));
        Assert.Equal(found, parts.ForwardBackward(batch, 7));
    }

    [Fact]
    public void A_batch_is_cut_into_the_fewest_parts_that_fit()
    {
        var limits = new TrainingMemory(4, available: 24_000_000_000);      // 10 GB of all that a run computes

        Assert.Equal(1, limits.Parts(10_000_000_000, 256));
        Assert.Equal(2, limits.Parts(10_000_000_001, 256));
        Assert.Equal(3, limits.Parts(21_000_000_000, 256));
        Assert.Equal(3, limits.Parts(19_900_000_000, 3));      // 2 + 1 would be more
        Assert.Equal((3, 2), (limits.Parts(21_000_000_000, 256, orAlone: true), limits.Parts(25_000_000_000, 2, orAlone: true)));
        string message = Assert.Throws<UserException>(() => limits.Parts(25_000_000_000, 2)).Message;
        Assert.Equal("One sentence of a batch takes 5 GB; training.memoryGb allows 4. Raise it, or lower training.maxLength.", message);
    }

    [Fact]
    public void A_step_that_the_machine_has_no_memory_for_is_refused_before_it_is_tried()
    {
        var limits = new TrainingMemory(4, available: 3_000_000_000);

        Assert.Equal(1, limits.Parts(7_500_000_000, 256));
        string message = Assert.Throws<UserException>(() => limits.Parts(9_000_000_000, 256)).Message;
        Assert.Equal("A step takes about 3.6 GB, and there are 3 GB. Lower training.memoryGb (4), so that it is run in parts.", message);
    }

    [Fact]
    public void Batches_of_a_shipped_recipe_are_run_whole()
    {
        var recipe = (TranslationRecipe)RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", "multi30k-en-de.json"));
        var tokenizer = LearntTokenizer.Multi30k;
        TokenPair[] pairs = [.. TestData.Multi30k("train", "en").Zip(
            TestData.Multi30k("train", "de"), (s, t) => new TokenPair(tokenizer.Encode(s), tokenizer.Encode(t)))];
        var loss = LossOfTranslation.Build(recipe, new(tokenizer.VocabularySize, tokenizer.VocabularySize), training: true);
        var memory = new RunMemory(LossGraph.Outputs(loss, out _).Select(output => output.Value));
        var limits = new TrainingMemory(recipe.Training.MemoryGb);

        foreach (var batch in new TranslationBatches(pairs, pairs) { BatchSentences = recipe.Training.BatchSentences, Seed = 1 }.Epoch(1, 0))
        {
            using (batch)
            {
                var symbols = new Dictionary<string, long>
                {
                    ["B"] = batch.Sentences,
                    ["S"] = batch.Inputs["source"].Shape[1],
                    ["T"] = batch.Inputs["target_in"].Shape[1],
                };
                Assert.Equal(1, limits.Parts(memory.Of(symbols), batch.Sentences));
            }
        }
    }

    [Fact]
    public void What_runs_of_many_shapes_leave_is_given_back()
    {
        double bounded = GreatestMegabytes(memoryGb: 0.1), unbounded = GreatestMegabytes(memoryGb: 1000);

        output.WriteLine(FormattableString.Invariant($"{bounded:F0} MB, without a bound {unbounded:F0} MB"));
        Assert.InRange(bounded, 0, unbounded / 2);
    }

    /// <summary>What a training's runs add to the memory of the process.</summary>
    private static double GreatestMegabytes(double memoryGb)
    {
        using var graph = Graph(new() { Threads = 1, MemoryGb = memoryGb }, attentionSize: 64);
        long before = Environment.WorkingSet, greatest = 0;
        for (int length = 60; length < 100; length += 5)
        {
            TokenPair[] pairs = [.. Enumerable.Range(0, 64).Select(i => new TokenPair(new int[length - (i % 2)], new int[160 - length]))];
            using var batch = new TranslationBatches(pairs, pairs).Epoch(1, 0).First();
            graph.ForwardBackward(batch, 7);
            greatest = Math.Max(greatest, Environment.WorkingSet - before);
        }

        return greatest / 1e6;
    }

    private static int[] Sentence(Random random) => [.. Enumerable.Range(0, 5 + random.Next(20)).Select(_ => 4 + random.Next(40))];

    private static LossGraph Graph(TrainingSettings settings, int attentionSize = 12)
    {
        var recipe = new TranslationRecipe
        {
            Model = new() { Embedding = 16, Hidden = 24, AttentionSize = attentionSize, EncoderHidden = 12 },
            Dropout = NoDropout,
            Training = settings,
        };
        return new(training => LossOfTranslation.Build(recipe, new(44, 44), training), settings);
    }
}
