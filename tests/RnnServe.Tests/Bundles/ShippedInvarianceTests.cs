using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Bundles;

/// <summary>The shipped translator gives a sentence the same answer whoever else it serves, however it is set up.</summary>
public sealed class ShippedInvarianceTests
{
    private const string Name = "multi30k-en-de";

    public static TheoryData<string, int> Ways => new() { { "int8", 1 }, { "int8", 5 }, { "fp32", 1 }, { "fp32", 5 } };

    [Theory, MemberData(nameof(Ways))]
    public Task Forty_sentences_are_translated_alike_alone_and_in_any_company(string precision, int beam) =>
        CheckAsync(precision, beam, sentences: 40, [Arrivals.All[1], Arrivals.All[6]]);

    [Theory, MemberData(nameof(Ways)), Trait("Category", "Long")]
    public Task A_thousand_sentences_are_translated_alike_alone_and_in_any_company(string precision, int beam)
    {
        Skip.UnlessLong();
        return CheckAsync(precision, beam, sentences: 1000, Arrivals.All);
    }

    private static async Task CheckAsync(string precision, int beam, int sentences, IReadOnlyList<Arrivals> all)
    {
        string bundle = TestData.InRepository("models", Name, "1");
        string[] texts = Texts(sentences);
        var options = new SearchOptions { BeamSize = beam, Tokens = true };
        var alone = await AloneAsync(bundle, precision, texts, options);

        foreach (var arrivals in all)
        {
            var found = await arrivals.AskAsync(bundle, precision, texts, options);

            for (int i = 0; i < texts.Length; i++)
            {
                Assert.True(
                    alone[i].Tokens!.Select(t => t.Text).SequenceEqual(found[i].Tokens!.Select(t => t.Text)),
                    $"{arrivals}: sentence {i} became '{found[i].Text}', alone '{alone[i].Text}'.");
                Assert.Equal(alone[i].Score, found[i].Score, tolerance: 1e-5);
            }
        }
    }

    /// <summary>One worker, which has one sentence at a time.</summary>
    private static Task<Translation[]> AloneAsync(string bundle, string precision, string[] texts, SearchOptions options) =>
        new Arrivals(Rows: 1, Workers: 1, Order.Given, TextsPerRequest: 1000).AskAsync(bundle, precision, texts, options);

    /// <summary>Real sentences; every twentieth is a long one, made of several, which is decoded in a batch of its own class.</summary>
    private static string[] Texts(int count)
    {
        var lines = TestData.Multi30k("test_2016_flickr", "en");
        return [.. Enumerable.Range(0, count).Select(i => i % 20 == 19 ? Long(lines.Skip(i - 19).Take(4 + (i / 20 % 8))) : lines[i])];
    }

    private static string Long(IEnumerable<string> sentences) => string.Join(", ", sentences.Select(s => s.Trim().TrimEnd('.'))) + ".";
}
