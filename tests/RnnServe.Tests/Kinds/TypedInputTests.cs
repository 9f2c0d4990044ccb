using System.Text.RegularExpressions;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using BleuScore = RnnServe.Training.Metrics.Bleu;

namespace RnnServe.Tests.Kinds;

/// <summary>What people type, given to the shipped everyday models: 50 lines of small talk, 50 with something to copy, 100 sentences that
/// are typed in capitals, in lower case and without a full stop.</summary>
public sealed partial class TypedInputTests(TypedInputTests.Shipped shipped, ITestOutputHelper output) : IClassFixture<TypedInputTests.Shipped>
{
    [Theory]
    [InlineData("en-de", 46)]
    [InlineData("de-en", 44)]
    public async Task Small_talk_is_right(string direction, int leastOf50)
    {
        int wrong = await WrongAsync(direction, "talk", (right, found) => Expand(right).Select(WithoutMark).Contains(WithoutMark(found)));
        Assert.InRange(wrong, 0, 50 - leastOf50);
    }

    [Theory]
    [InlineData("en-de")]
    [InlineData("de-en")]
    public async Task What_is_to_be_copied_is_there_in_49_of_50_lines(string direction) =>
        Assert.InRange(await WrongAsync(direction, "copy", (right, found) => right.Split(' ').All(found.Contains)), 0, 1);

    // German nouns are known by their capitals: lower case loses more of them.
    [Theory]
    [InlineData("en-de", 0.9)]
    [InlineData("de-en", 0.85)]
    public async Task Sentences_in_capitals_in_lower_case_and_without_a_full_stop_lose_little(string direction, double ofLowerCase)
    {
        var lines = Lines(direction, "text");
        string[] plain = [.. lines.Select(line => line.Input)];
        double asWritten = await Bleu(plain);
        double capitals = await Bleu([.. plain.Select(line => line.ToUpperInvariant())]);
        double lowerCase = await Bleu([.. plain.Select(line => line.ToLowerInvariant())]);
        double withoutMark = await Bleu([.. plain.Select(line => line.TrimEnd('.', '?'))]);

        output.WriteLine(FormattableString.Invariant(
            $"BLEU {asWritten:F1}, capitals {capitals:F1}, lower case {lowerCase:F1}, without a mark {withoutMark:F1}"));
        Assert.Equal(100, lines.Count);
        Assert.True(capitals >= 0.8 * asWritten, $"capitals: {capitals} of {asWritten}");
        Assert.True(lowerCase >= ofLowerCase * asWritten, $"lower case: {lowerCase} of {asWritten}");
        Assert.True(withoutMark >= 0.9 * asWritten, $"without a mark: {withoutMark} of {asWritten}");

        async Task<double> Bleu(string[] inputs) =>
            BleuScore.Score(await shipped.TranslateAsync(direction, inputs), [[.. lines.Select(line => line.Right)]], lowerCase: false).Score;
    }

    private async Task<int> WrongAsync(string direction, string kind, Func<string, string, bool> isRight)
    {
        var lines = Lines(direction, kind);
        Assert.Equal(50, lines.Count);
        var found = await shipped.TranslateAsync(direction, lines.Select(line => line.Input));
        var wrong = lines.Zip(found).Where(pair => !isRight(pair.First.Right, pair.Second)).ToList();
        foreach (var (line, translation) in wrong)
            output.WriteLine($"{line.Input} -> {translation}");
        return wrong.Count;
    }

    private static List<(string Input, string Right)> Lines(string direction, string kind) => [..
        TestData.ReadLines(TestData.InRepository("tests", "RnnServe.Tests", "Kinds", $"typed.{direction}.tsv"))
            .Select(line => line.Split('\t'))
            .Where(line => line[0] == kind)
            .Select(line => (line[1], line[2]))];

    private static string WithoutMark(string text) => text.TrimEnd('.', '!');

    /// <summary>"a {b|c}|d" is "a b", "a c" and "d".</summary>
    private static IEnumerable<string> Expand(string pattern)
    {
        var choice = Choice().Match(pattern);
        return choice.Success
            ? choice.Groups[1].Value.Split('|').SelectMany(one => Expand(pattern[..choice.Index] + one + pattern[(choice.Index + choice.Length)..]))
            : pattern.Split('|');
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Choice();

    /// <summary>The shipped models, as the server runs them.</summary>
    public sealed class Shipped : IAsyncLifetime
    {
        private readonly Dictionary<string, Translator> translators = [];

        public async ValueTask InitializeAsync()
        {
            foreach (string direction in new[] { "en-de", "de-en" })
            {
                translators[direction] = await Translator.LoadAsync(TestData.Model($"everyday-{direction}"), new BatchingOptions());
            }
        }

        public async Task<string[]> TranslateAsync(string direction, IEnumerable<string> texts) =>
            [.. (await translators[direction].TranslateAsync([.. texts], new SearchOptions(), default)).Select(found => found.Text)];

        public async ValueTask DisposeAsync()
        {
            foreach (var translator in translators.Values)
                await translator.DisposeAsync();
        }
    }
}
