using RnnServe.Inference.Kinds;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Search;

public sealed class OnnxDecoderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_sentence_gets_the_same_answer_bit_for_bit_alone_and_among_others(bool attention)
    {
        using var sessions = Load(attention);
        var random = new Random(7);
        var all = Enumerable.Range(0, 64).Select(i => (
            Source: Enumerable.Range(0, 1 + random.Next(20)).Select(_ => random.Next(4, TinyBundle.VocabularySize)).Append(3).ToArray(),
            Options: new DecodingOptions
            {
                BeamSize = 1 + (i % 6),
                Best = 1 + (i % 6),
                MaxLength = 3 + random.Next(30),
                CoveragePenalty = attention ? i % 2 * 0.2f : 0,
                Attention = attention && i % 3 == 0,
            })).ToList();

        var alone = all.Select(s => Decode(sessions, [s], 1)[0]).ToList();
        foreach (int maxSentences in new[] { 5, 16, 64 })
        {
            var together = Decode(sessions, all, maxSentences);
            for (int i = 0; i < all.Count; i++)
            {
                Assert.Equal(alone[i].Select(h => h.Tokens), together[i].Select(h => h.Tokens));
                Assert.Equal(alone[i].Select(h => h.LogProbs), together[i].Select(h => h.LogProbs));
                Assert.Equal(alone[i].Select(h => h.Attention), together[i].Select(h => h.Attention));
                Assert.Equal(alone[i].Select(h => h.Score), together[i].Select(h => h.Score));
            }
        }
    }

    [Fact]
    public void Attention_rows_sum_to_one_over_the_sentence()
    {
        using var sessions = Load(attention: true);
        var options = new DecodingOptions { BeamSize = 3, MaxLength = 20, Attention = true };

        var results = Decode(sessions, [([5, 6, 7, 3], options), ([9, 3], options), ([5, 9, 12, 15, 16, 17, 3], options)], 3);

        Assert.Equal([4, 2, 7], results.Select(r => r[0].Attention![0].Length));
        Assert.All(results.SelectMany(r => r[0].Attention!), row => Assert.Equal(1, row.Sum(), tolerance: 1e-5));
    }

    [Fact]
    public void A_step_gives_the_same_logits_after_rows_were_reordered_repeated_and_dropped()
    {
        using var sessions = Load(attention: true);
        using var decoder = sessions.CreateDecoder();
        using var fresh = sessions.CreateDecoder();
        int v = decoder.VocabularySize;
        decoder.Start([new TextSource([5, 6, 3]), new TextSource([7, 8, 9, 10, 11, 3]), new TextSource([12, 3])], width: 2);
        decoder.Advance([2, 2, 2, 2, 2, 2], attention: false);
        decoder.Advance([4, 5, 6, 7, 8, 9], attention: false);

        // Sentence 0 leaves; sentence 1 goes on from its beam 1, sentence 2 from both; three rows per sentence from now on.
        decoder.Reorder([3, 3, 3, 5, 4, 5], width: 3);
        float[] logits = decoder.Advance([20, 21, 22, 23, 24, 25], attention: true).Logits.ToArray();

        foreach (var (row, source, history) in new (int, int[], int[])[]
        {
            (0, [7, 8, 9, 10, 11, 3], [2, 7, 20]), (2, [7, 8, 9, 10, 11, 3], [2, 7, 22]), (3, [12, 3], [2, 9, 23]), (4, [12, 3], [2, 8, 24]),
        })
        {
            fresh.Start([new TextSource(source)], width: 2);
            float[] expected = [];
            foreach (int token in history)
                expected = fresh.Advance([token, token], attention: false).Logits[..v].ToArray();
            Assert.Equal(expected, logits[(row * v)..((row + 1) * v)]);
            fresh.Reorder([], width: 2);
        }
    }

    [Fact]
    public void A_step_allocates_nothing_once_its_tensors_are_as_large_as_the_batch()
    {
        using var sessions = Load(attention: true);
        using var decoder = sessions.CreateDecoder();
        decoder.Start([new TextSource([5, 6, 3]), new TextSource([7, 8, 3])], width: 2);
        int[] tokens = [4, 5, 6, 7];
        int[] parents = [1, 0, 3, 3];
        for (int i = 0; i < 50; i++)
            Step();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            Step();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            decoder.Advance(tokens, attention: true);
            decoder.Reorder(parents, width: 2);
        }
    }

    [Fact]
    public void Verbs_out_of_order_are_refused()
    {
        using var sessions = Load(attention: false);
        using var decoder = sessions.CreateDecoder();
        decoder.Start([new TextSource([5, 3]), new TextSource([6, 3])], width: 2);

        Assert.Throws<ArgumentException>(() => decoder.Start([new TextSource([5, 3])], width: 3));
        Assert.Throws<ArgumentException>(() => decoder.Advance([2, 2], attention: false));
        Assert.Throws<ArgumentException>(() => decoder.Advance([2, 2, 2, 2], attention: true));
        Assert.Throws<ArgumentException>(() => decoder.Reorder([2, 3, 0, 1], width: 2));
    }

    private ModelSessions Load(bool attention)
    {
        string bundle = TinyBundle.Create(folder.Path, attention ? "with" : "without", new TinyBundleOptions { Attention = attention });
        return ModelSessions.Load(BundleReader.Load(bundle));
    }

    private static IReadOnlyList<IReadOnlyList<Hypothesis>> Decode(
        ModelSessions sessions, IReadOnlyList<(int[] Source, DecodingOptions Options)> sentences, int maxSentences)
    {
        using var decoder = sessions.CreateDecoder();
        var rules = TokenRules.Of(sessions.Manifest.Decoder);
        return SearchRows.DecodeAll(decoder, [.. sentences.Select(s => new BeamSearch(new TextSource(s.Source), rules, s.Options))], maxSentences);
    }
}
