using System.IO.Compression;
using System.Text;
using RnnServe.Training;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Data;

public sealed class BatchTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rnnserve-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(1), InlineData(7), InlineData(64), InlineData(5000)]
    public void An_epoch_holds_every_sentence_exactly_once(int batchSentences)
    {
        var lengths = Lengths(3001);

        var batches = BatchPlan.Create(lengths, batchSentences, new SeededRandom(1, 1));

        Assert.Equal(Enumerable.Range(0, lengths.Count), batches.SelectMany(b => b).Order());
        Assert.All(batches, b => Assert.InRange(b.Length, 1, batchSentences));
        Assert.Equal(BatchPlan.Count(lengths.Count, batchSentences), batches.Count);
    }

    [Fact]
    public void The_same_seed_and_epoch_give_the_same_batches_and_others_do_not()
    {
        var lengths = Lengths(1000);
        string Plan(ulong seed, ulong epoch) =>
            string.Join('|', BatchPlan.Create(lengths, 16, new SeededRandom(seed, epoch)).Select(b => string.Join(',', b)));

        Assert.Equal(Plan(3, 2), Plan(3, 2));
        Assert.NotEqual(Plan(3, 2), Plan(3, 3));
        Assert.NotEqual(Plan(3, 2), Plan(4, 2));
        Assert.NotEqual(Plan(3, 2), Plan(2, 3));
    }

    [Fact]
    public void Like_lengths_share_a_batch_so_that_little_is_padding()
    {
        var lengths = Lengths(10_000);

        var batches = BatchPlan.Create(lengths, 64, new SeededRandom(1, 1));

        long padded = batches.Sum(b => (long)b.Length * b.Max(i => lengths[i].Target));
        Assert.InRange((double)padded / lengths.Sum(l => l.Target), 1, 1.1);
    }

    [Fact]
    public void A_batch_frames_and_pads_its_sentences()
    {
        var batches = new TranslationBatches([new TokenPair([7, 8, 9], [11]), new TokenPair([5], [12, 13])], []) { BatchSentences = 2 };

        using var batch = Assert.Single(batches.Epoch(1, skip: 0));

        Assert.Equal(2, batch.Sentences);
        Assert.Equal(5, batch.TargetTokens);    // [11 </s>] and [12 13 </s>]
        Assert.Equal([7, 8, 9, 3, 5, 3, 0, 0], batch.Inputs["source"].AsSpan<long>().ToArray());
        Assert.Equal([1f, 1, 1, 1, 1, 1, 0, 0], batch.Inputs["source_mask"].AsSpan<float>().ToArray());
        Assert.Equal([2, 11, 0, 2, 12, 13], batch.Inputs["target_in"].AsSpan<long>().ToArray());
        Assert.Equal([11, 3, 0, 12, 13, 3], batch.Inputs["target_out"].AsSpan<long>().ToArray());
        Assert.Equal([1f, 1, 0, 1, 1, 1], batch.Inputs["target_mask"].AsSpan<float>().ToArray());
        Assert.Equal([2, 4], batch.Inputs["source_mask"].Shape.ToArray());
        Assert.Equal([2, 3], batch.Inputs["target_mask"].Shape.ToArray());
    }

    [Fact]
    public void Skipping_leaves_out_the_first_batches_of_the_same_epoch()
    {
        TokenPair[] pairs = [.. Enumerable.Range(1, 100).Select(i => new TokenPair([i], [i + 1000]))];
        var batches = new TranslationBatches(pairs, pairs) { BatchSentences = 8, Seed = 5 };

        Assert.Equal(Sources(batches.Epoch(2, skip: 0)).Skip(5), Sources(batches.Epoch(2, skip: 5)));
        Assert.Equal(13, batches.Count(2));
        Assert.Equal(13, Sources(batches.Validation()).Count);
    }

    [Fact]
    public void Extra_pairs_are_used_until_their_last_epoch()
    {
        TokenPair[] pairs = [new([1], [2])], extra = [new([3], [4]), new([5], [6])];
        var batches = new TranslationBatches(pairs, pairs, new ExtraPairs(extra, UntilEpoch: 2)) { BatchSentences = 1 };

        Assert.Equal([3, 3, 1, 1], new[] { 1, 2, 3, 4 }.Select(batches.Count));
        Assert.Equal(["1,3", "3,3", "5,3"], Sources(batches.Epoch(2, 0)).Order());
        Assert.Equal(["1,3"], Sources(batches.Epoch(3, 0)));
    }

    [Fact]
    public void Plain_and_gzip_files_are_read_and_empty_lines_left_out()
    {
        string source = Write("a.txt", "one\n\nthree\r\nfour\u2028still four\n"), target = WriteGzip("b.txt.gz", "eins\nzwei\ndrei\nvier");

        var corpus = ParallelCorpus.Read([source, source], [target, target]);

        Assert.Equal(2, corpus.Empty);
        Assert.Equal(
            [new("one", "eins"), new("three", "drei"), new("four\u2028still four", "vier")], corpus.Pairs.Take(3));
        Assert.Equal(6, corpus.Pairs.Count);
    }

    [Fact]
    public void Files_of_different_lengths_are_refused_with_both_lengths()
    {
        string source = Write("a.txt", "1\n2\n3\n"), target = Write("b.txt", "1\n2\n");

        var error = Assert.Throws<InvalidDataException>(() => ParallelCorpus.Read([source], [target]));

        Assert.Contains("a.txt' has 3 lines", error.Message, StringComparison.Ordinal);
        Assert.Contains("b.txt' has 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => ParallelCorpus.Read([source, source], [target]));
    }

    [Fact]
    public void Batches_counted_in_tokens_have_every_sentence_once_and_no_more_tokens_padding_included()
    {
        (int Target, int Source)[] lengths = [.. Enumerable.Range(0, 5000).Select(i => (i * 37 % 40, i * 11 % 30)), (500, 3)];
        const int tokens = 400;

        var batches = BatchPlan.Create(lengths, new BatchSize(8, tokens), new SeededRandom(1, 1));

        Assert.Equal(Enumerable.Range(0, lengths.Length), batches.SelectMany(batch => batch).Order());
        int[] padded = [.. batches.Select(batch => batch.Length * batch.Max(i => Math.Max(lengths[i].Target, lengths[i].Source) + 1))];
        Assert.Single(padded, size => size > tokens);
        Assert.Equal(501, padded.Max());
        Assert.True(padded.Average() > 0.9 * tokens, $"{padded.Average()} tokens a batch");
        Assert.Equal(batches.Count, Tokens(lengths, tokens).Count(1));

        static TranslationBatches Tokens((int Target, int Source)[] lengths, int tokens) =>
            new([.. lengths.Select(l => new TokenPair(new int[l.Source], new int[l.Target]))], []) { BatchTokens = tokens, Seed = 1 };
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused_with_the_file()
    {
        string bad = Path.Combine(folder.FullName, "bad.txt"), packed = Write("bad.gz", "not packed");
        File.WriteAllBytes(bad, [0x41, 0xff, 0xfe, 0x0a]);

        Assert.Contains("bad.txt", Assert.Throws<InvalidDataException>(() => ParallelCorpus.ReadLines(bad)).Message, StringComparison.Ordinal);
        Assert.Contains("bad.gz", Assert.Throws<InvalidDataException>(() => ParallelCorpus.ReadLines(packed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_too_small_for_bytes_and_characters_is_refused_with_its_key()
    {
        SentencePair[] pairs = [new("aaa bbb", "ccc ddd")];

        var error = Assert.Throws<UserException>(
            () => LanguageTokenizers.Create(new() { Tokenizer = new() { VocabularySize = 262 } }, pairs, new RunFolder(folder.FullName)));

        Assert.StartsWith("tokenizer.vocabularySize is 262, too few", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_without_the_placeholders_that_the_recipe_asks_for_is_refused()
    {
        var run = new RunFolder(folder.FullName);
        SentencePair[] pairs = [new("aaa bbb", "ccc ddd")];
        var learnt = LanguageTokenizers.Create(new() { Tokenizer = new() { VocabularySize = 300, Placeholders = 3 } }, pairs, run);
        var again = new TokenizerSettings { Path = run.Tokenizer, Placeholders = 4 };

        var error = Assert.Throws<UserException>(() => LanguageTokenizers.Create(new() { Tokenizer = again }, pairs, run));

        Assert.Equal(3, learnt.Placeholders);
        Assert.StartsWith("tokenizer.placeholders is 4; the tokenizer was learnt with 3.", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Sources(IEnumerable<Batch> batches)
    {
        var rows = new List<string>();
        foreach (var batch in batches)
        {
            using (batch)
                rows.Add(string.Join(',', batch.Inputs["source"].AsSpan<long>().ToArray()));
        }

        return rows;
    }

    private static List<(int Target, int Source)> Lengths(int count)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(1, 40), random.Next(1, 40)))];
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string WriteGzip(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        using var stream = new GZipStream(File.Create(path), CompressionMode.Compress);
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
