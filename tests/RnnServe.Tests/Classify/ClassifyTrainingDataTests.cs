using RnnServe.Inference.Text;
using RnnServe.Tests.Bundles;
using RnnServe.Training;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingDataTests
{
    [Theory]
    [InlineData("-LRB- It ca n't fail . -RRB-", "(It can't fail.)")]
    [InlineData("The `` Lord of the Rings '' trilogy 's end -- again ...", "The \"Lord of the Rings\" trilogy's end -- again...")]
    [InlineData("You can not say ` no ' to a writer\\/director , can you ?", "You cannot say 'no' to a writer/director, can you?")]
    [InlineData("'s lovely", "'s lovely")]
    [InlineData("n't", "n't")]
    [InlineData("8\u00A01\\/2 of $ 50 & the movies ' 5 %", "8 1/2 of $50 & the movies' 5%")]
    public void The_tokens_of_a_tree_become_plain_text(string tokens, string expected) =>
        Assert.Equal(expected, PennText.Join(tokens.Split(' ')));

    [Fact]
    public void A_tree_has_a_label_and_a_text_at_every_node()
    {
        var nodes = LabelledTree.Nodes("(3 (2 It) (4 (2 's) (4 lovely)))");

        Assert.Equal(
            ["3: It 's lovely", "2: It", "4: 's lovely", "2: 's", "4: lovely"],
            nodes.Select(n => $"{n.Value}: {string.Join(' ', n.Tokens)}"));
    }

    [Theory]
    [InlineData("(3 (2 It) (4 works)", "found the end at character 20 of a tree, expected ')'.")]
    [InlineData("(3 (2 It) (4 works)))", "found ')' at character 21 of a tree, expected the end.")]
    [InlineData("(3 )", "found ')' at character 4 of a tree, expected a word.")]
    [InlineData("(3)", "found ')' at character 3 of a tree, expected ' '.")]
    [InlineData("just words", "found 'j' at character 1 of a tree, expected '('.")]
    public void A_broken_line_is_refused_with_file_and_line(string line, string message)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "train.txt");
        File.WriteAllText(path, $"good\tFine.\n{line}\n");

        var error = Assert.Throws<InvalidDataException>(() => LabelledCorpus.Read(path, phrases: true, WordRun.None));

        Assert.Equal($"'{path}', line 2: {message}", error.Message);
    }

    [Fact]
    public void Labels_in_braces_are_files_of_plain_texts_of_which_runs_of_words_are_taken()
    {
        using var folder = new TemporaryFolder();
        string[] english = [.. Enumerable.Range(0, 300).Select(i => $"a{i} b{i} c{i} d{i} e{i}")];
        File.WriteAllLines(Path.Combine(folder.Path, "train.en.txt"), [.. english, "", "short one"]);
        File.WriteAllLines(Path.Combine(folder.Path, "train.de.txt"), ["ein Satz\tmit Tabulator"]);
        string path = Path.Combine(folder.Path, "train.{de|en}.txt");

        var whole = LabelledCorpus.Read(path, phrases: true, WordRun.None);
        var runs = LabelledCorpus.Read(path, phrases: true, new(1, 4));
        var threes = LabelledCorpus.Read(path, phrases: true, new(3, 3));

        Assert.Equal(new("ein Satz\tmit Tabulator", "de", false), whole[0]);
        Assert.Equal([.. english, "short one"], whole.Skip(1).Select(text => text.Text));
        Assert.Equal(302, runs.Count);
        Assert.All(runs.Zip(whole), pair => Assert.Contains(pair.First.Text, pair.Second.Text, StringComparison.Ordinal));
        var lengths = runs.Skip(1).Take(300).CountBy(text => text.Text.Split(' ').Length).ToDictionary();
        Assert.Equal([1, 2, 3, 4], lengths.Keys.Order());
        Assert.All(lengths.Values, count => Assert.InRange(count, 45, 105));
        Assert.True(runs.Select(text => text.Text[0]).Distinct().Count() >= 5);
        Assert.Equal(301, threes.Count);
        Assert.Equal(runs, LabelledCorpus.Read(path, phrases: true, new(1, 4)));
    }

    [Fact]
    public void Phrases_are_learnt_once_with_their_weight_and_a_value_of_two_labels_as_half_of_each()
    {
        using var folder = new TemporaryFolder();
        var data = Load(
            folder,
            "(4 (2 It) (4 (2 works) (2 it)))\n(2 (2 It) (3 thinks))\n1\tA tab\tin a text.\n9\tno label\n",
            "(0 (2 It) (0 fails))\n(2 It)\n");

        // Phrases are "It", once, "works it", "works", "it" and "thinks".
        var batch = Assert.Single(data.Batches.Epoch(1, 0));
        using (batch)
        {
            Assert.Equal(8, batch.Sentences);
            float[][] targets = [.. batch.Inputs["target"].AsSpan<float>().ToArray().Chunk(2)];
            Assert.Equal(
                ["0 0.5", "0 0.5", "0 1", "0.25 0.25", "0.25 0.25", "0.25 0.25", "0.5 0.5", "1 0"],
                targets.Select(t => FormattableString.Invariant($"{t[0]} {t[1]}")).Order(StringComparer.Ordinal));
        }

        Assert.Equal(["It fails"], data.Validation.Set.Texts);
        Assert.Equal([0], data.Validation.Labels);
    }

    [Fact]
    public void A_label_without_texts_is_named()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<UserException>(() => Load(folder, "1\tIt fails.\n", "1\tIt fails.\n"));

        Assert.Equal("No training text has the label \"good\" (in the data: 2, 3, 4).", error.Message);
    }

    [Fact]
    public void Batches_hold_every_text_once_are_a_function_of_seed_and_epoch_and_can_be_skipped()
    {
        var texts = Enumerable.Range(1, 50).Select(i => new TokenTarget([.. Enumerable.Repeat(i, 1 + (i % 7))], [1, 0])).ToList();
        var batches = new ClassifyBatches(texts, texts) { BatchSentences = 8, Seed = 5 };

        string[] first = Rows(batches.Epoch(1, 0)), again = Rows(batches.Epoch(1, 0)), second = Rows(batches.Epoch(2, 0));

        Assert.Equal(batches.Count(1), first.Length);
        Assert.Equal(first, again);
        Assert.Equal(first[3..], Rows(batches.Epoch(1, 3)));
        Assert.NotEqual(first, second);
        Assert.Equal(Enumerable.Range(1, 50), first.SelectMany(batch => batch.Split(' ')).Select(int.Parse).Order());

        // The first token of each row.
        static string[] Rows(IEnumerable<Batch> epoch) => [.. epoch.Select(batch =>
        {
            using (batch)
            {
                long[] source = batch.Inputs["source"].AsSpan<long>().ToArray();
                return string.Join(' ', source.Chunk(source.Length / batch.Sentences).Select(row => row[0]));
            }
        })];
    }

    [Theory]
    [InlineData(nameof(TextTokens.Words)), InlineData(nameof(TextTokens.Bpe))]
    public void Tokens_know_no_capital_letters_and_one_form_of_quotation_marks(string kind)
    {
        var tokenizer = Learn(Enum.Parse<TextTokens>(kind));

        Assert.Equal(tokenizer.Encode("\"it's\" 'fine'"), tokenizer.Encode("“IT’S” ‘Fine’"));
        Assert.Equal(tokenizer.ToJson(), Tokenizer.Parse(tokenizer.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("It's not (really) good; I can't say why...", "it 's not ( really ) good ; i ca n't say why ...")]
    [InlineData("A laugh-out-loud, $1.5 film--no ''more''!", "a laugh - out - loud , $ 1.5 film -- no ' ' more ' ' !")]
    [InlineData("Don't they'd, O'Neill naïve", "do n't they 'd , o ' neill naïve")]
    public void Words_are_cut_as_in_the_trees(string text, string expected)
    {
        var tokenizer = ClassifyTokenizer.Create(new() { MinimumCount = 1 }, [text]);

        Assert.Equal(expected, string.Join(' ', tokenizer.Encode(text).Select(tokenizer.TokenText)));
    }

    [Fact]
    public void Rare_words_are_unknown()
    {
        var tokenizer = Learn(TextTokens.Words);

        Assert.Equal(tokenizer.UnknownId, Assert.Single(tokenizer.Encode("once")));
        Assert.NotEqual(tokenizer.UnknownId, Assert.Single(tokenizer.Encode("fine")));
    }

    private static Tokenizer Learn(TextTokens kind) => ClassifyTokenizer.Create(
        new() { Kind = kind, VocabularySize = 300, MinimumCount = 2 },
        ["\"It's\" 'fine' once", "it's 'fine' \"", "it's fine, it's fine, fine"]);

    private static ClassifyData Load(TemporaryFolder folder, string train, string validation)
    {
        string Write(string name, string text)
        {
            string path = Path.Combine(folder.Path, name);
            File.WriteAllText(path, text);
            return path;
        }

        var recipe = new ClassifyRecipe
        {
            Data = new() { Train = [Write("train.txt", train)], Validation = Write("validation.txt", validation), PhraseWeight = 0.5 },
            Labels = [new() { Name = "bad", Values = ["0", "1", "2"] }, new() { Name = "good", Values = ["2", "3", "4"] }],
        };
        return ClassifyData.Load(recipe, new RunFolder(Path.Combine(folder.Path, "run")), resume: false, _ => { });
    }
}
