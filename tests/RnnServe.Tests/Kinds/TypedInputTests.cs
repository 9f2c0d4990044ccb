using System.Text.RegularExpressions;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using BleuScore = RnnServe.Training.Metrics.Bleu;

namespace RnnServe.Tests.Kinds;

/// <summary>What people type, given to the shipped everyday model: 50 lines of small talk, 50 with something to copy, 100 sentences that
/// are typed in capitals, in lower case and without a full stop.</summary>
public sealed partial class TypedInputTests(TypedInputTests.Shipped shipped, ITestOutputHelper output) : IClassFixture<TypedInputTests.Shipped>
{
    private static readonly ILookup<string, (string Input, string Right)> Lines = TestData
        .ReadLines(TestData.InRepository("tests", "RnnServe.Tests", "Kinds", "typed.en-de.tsv"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split('\t'))
        .ToLookup(line => line[0], line => (line[1], line[2]));

    [Fact]
    public async Task Small_talk_is_right_in_38_of_50_lines() =>
        Assert.InRange(await WrongAsync("talk", (right, found) => Expand(right).Select(WithoutMark).Contains(WithoutMark(found))), 0, 12);

    [Fact]
    public async Task What_is_to_be_copied_is_there_in_49_of_50_lines() =>
        Assert.InRange(await WrongAsync("copy", (right, found) => right.Split(' ').All(found.Contains)), 0, 1);

    [Fact]
    public async Task Sentences_in_capitals_in_lower_case_and_without_a_full_stop_lose_little()
    {
        var lines = Lines["text"].ToList();
        string[] plain = [.. lines.Select(line => line.Input)];
        double asWritten = await Bleu(plain);
        double capitals = await Bleu([.. plain.Select(line => line.ToUpperInvariant())]);
        double lowerCase = await Bleu([.. plain.Select(line => line.ToLowerInvariant())]);
        double withoutMark = await Bleu([.. plain.Select(line => line.TrimEnd('.', '?'))]);

        output.WriteLine(FormattableString.Invariant(
            $"BLEU {asWritten:F1}, capitals {capitals:F1}, lower case {lowerCase:F1}, without a mark {withoutMark:F1}"));
        Assert.Equal(100, lines.Count);
        Assert.True(capitals >= 0.8 * asWritten, $"capitals: {capitals} of {asWritten}");
        Assert.True(lowerCase >= 0.9 * asWritten, $"lower case: {lowerCase} of {asWritten}");
        Assert.True(withoutMark >= 0.9 * asWritten, $"without a mark: {withoutMark} of {asWritten}");

        async Task<double> Bleu(string[] inputs) =>
            BleuScore.Score(await shipped.TranslateAsync(inputs), [[.. lines.Select(line => line.Right)]], lowerCase: false).Score;
    }

    private async Task<int> WrongAsync(string kind, Func<string, string, bool> isRight)
    {
        var lines = Lines[kind].ToList();
        Assert.Equal(50, lines.Count);
        var found = await shipped.TranslateAsync(lines.Select(line => line.Input));
        var wrong = lines.Zip(found).Where(pair => !isRight(pair.First.Right, pair.Second)).ToList();
        foreach (var (line, translation) in wrong)
            output.WriteLine($"{line.Input} -> {translation}");
        return wrong.Count;
    }

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

    /// <summary>The shipped model, as the server runs it.</summary>
    public sealed class Shipped : IAsyncLifetime
    {
        private Translator? translator;

        public async ValueTask InitializeAsync()
        {
            string folder = TestData.InRepository("models", "everyday-en-de", "1");
            translator = await Translator.LoadAsync(folder, new BatchingOptions());
        }

        public async Task<string[]> TranslateAsync(IEnumerable<string> texts) =>
            [.. (await translator!.TranslateAsync([.. texts], new SearchOptions(), default)).Select(translation => translation.Text)];

        public ValueTask DisposeAsync() => translator?.DisposeAsync() ?? default;
    }
}
