using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Kinds;

/// <summary>Answers of shipped models as they grow: the pieces are the answer, and they come early.</summary>
public sealed class StreamingTests
{
    [Theory, InlineData(1), InlineData(5)]
    public async Task Pieces_of_a_translation_are_the_translation(int beam)
    {
        int count = Skip.LongTestsAreWanted ? 1000 : 200;
        var texts = TestData.Multi30k("test_2016_flickr", "en").Take(count).ToList();

        await CheckAsync("multi30k-en-de", texts, beam);
    }

    // What is copied and got lost is put before the mark that ends the sentence, which must not have been told by then.
    [Fact]
    public async Task Pieces_with_what_is_copied_and_of_several_sentences_are_the_translation()
    {
        var lines = TestData.ReadLines(TestData.InRepository("tests", "RnnServe.Tests", "Kinds", "typed.en-de.tsv"))
            .Where(line => !line.StartsWith('#')).Select(line => line.Split('\t')[1]).ToList();
        string[] odd =
        [
            "", "  ", "42 + 17", "One.  Two!\n\n Three? https://example.com {name}", "\tShe said: \"Stop!\" Then she left.",
            "{a} {b} {c} {d} {e} {f} {g} {h} {i} {j}", "I LIKE {name} VERY MUCH. %s",
        ];

        await CheckAsync("everyday-en-de", [.. lines, .. odd, .. lines.Chunk(3).Select(some => string.Join(' ', some))], beam: 5);
    }

    [Fact]
    public async Task Pieces_of_a_caption_are_the_caption()
    {
        string folder = ModelBundle.Versions(TestData.InRepository("models", "flickr8k-en"))[0].Folder;
        await using var captioner = await Captioner.LoadAsync(folder, new BatchingOptions());
        byte[] photo = await File.ReadAllBytesAsync(TestData.InRepository("samples", "photos", "dog.jpg"));
        var pieces = new List<string>();

        using var read = await captioner.ReadAsync([photo], new SearchOptions(), default);
        var caption = (await captioner.CaptionAsync(read, default, pieces.Add))[0];

        Assert.Equal(caption.Text, string.Concat(pieces));
        Assert.InRange(pieces.Count, 2, 20);
    }

    private static async Task CheckAsync(string model, List<string> texts, int beam)
    {
        await using var translator = await Translator.LoadAsync(TestData.Model(model), new BatchingOptions());
        var options = new SearchOptions { BeamSize = beam };
        var whole = await translator.TranslateAsync(texts, options, default);

        int pieces = 0;
        await Parallel.ForAsync(0, texts.Count, async (i, stop) =>
        {
            var told = new List<string>();
            var translation = await translator.TranslateAsync(texts[i], options, told.Add, stop);
            Assert.Equal(whole[i].Text, translation.Text);
            Assert.Equal(translation.Text, string.Concat(told));
            Assert.DoesNotContain("", told);
            Interlocked.Add(ref pieces, told.Count);
        });
        Assert.InRange(pieces, 2 * texts.Count, 40 * texts.Count);
    }
}
