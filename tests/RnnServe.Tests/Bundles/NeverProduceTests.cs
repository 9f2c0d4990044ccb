using System.Text.RegularExpressions;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Bundles;

/// <summary>Words that a shipped model would produce and may not.</summary>
public sealed partial class NeverProduceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_word_that_a_shipped_model_would_write_is_in_no_answer_while_longer_ones_stay()
    {
        string shipped = ModelBundle.Versions(TestData.InRepository("models", "multi30k-en-de"))[0].Folder;
        string[] texts = ["A dog runs through the grass.", "A man plays a guitar.", "Two dogs play with a ball in the snow."];
        string[] before = await AnswersAsync(shipped, texts);
        Assert.Contains("Hund", Words(before));
        Assert.Contains("Ein", Words(before));

        string[] after = await AnswersAsync(Forbid(shipped, "HUND", "ein"), texts);

        Assert.DoesNotContain(Words(after), word => word.ToUpperInvariant() is "HUND" or "EIN");
        Assert.Contains(Words(after), word => word.StartsWith("Hunde", StringComparison.Ordinal));
        Assert.Contains(Words(after), word => word.StartsWith("ein", StringComparison.OrdinalIgnoreCase));
    }

    private string Forbid(string bundle, params string[] words)
    {
        string copy = Directory.CreateDirectory(Path.Combine(folder.Path, "1")).FullName;
        foreach (string file in Directory.GetFiles(bundle))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        TinyBundle.Edit(copy, manifest =>
        {
            var section = ((TranslateManifest)manifest).Translate;
            section = section with { Decoding = section.Decoding with { NeverProduce = words } };
            return (TranslateManifest)manifest with { Translate = section, Canary = null };
        });
        return copy;
    }

    /// <summary>All hypotheses of all texts.</summary>
    private static async Task<string[]> AnswersAsync(string bundle, string[] texts)
    {
        await using var translator = await Translator.LoadAsync(bundle, new BatchingOptions { Workers = 1 });
        var answers = await translator.TranslateAsync(texts, new SearchOptions { Alternatives = 4 }, CancellationToken.None);
        return [.. answers.SelectMany(answer => answer.Alternatives.Select(other => other.Text).Prepend(answer.Text))];
    }

    private static string[] Words(string[] texts) => [.. texts.SelectMany(text => Word().Matches(text)).Select(match => match.Value)];

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Word();
}
