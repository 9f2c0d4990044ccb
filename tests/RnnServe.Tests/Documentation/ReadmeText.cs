using System.Text.Json;
using System.Text.RegularExpressions;
using RnnServe.Server.Kinds.Translate;

namespace RnnServe.Tests.Documentation;

/// <summary>A block of code in a page.</summary>
/// <param name="Language">What stands behind the three backticks.</param>
/// <param name="Mark">The comment in the line above, such as "ci: serve"; empty if there is none.</param>
/// <param name="Text">The lines of the block.</param>
internal sealed record CodeBlock(string Language, string Mark, string Text);

/// <summary>What pages of the repository contain, for the tests that hold them to it.</summary>
internal static partial class ReadmeText
{
    public static string Read(string path) => File.ReadAllText(TestData.InRepository(path.Split('/')));

    /// <summary>Every page of the repository, as paths with '/'; those of models come from the exporter.</summary>
    public static IEnumerable<string> Pages() => new[] { "deploy", "docs", "results", "src", "tests", "samples" }
        .Select(folder => TestData.InRepository(folder))
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(TestData.RepositoryRoot, path).Replace('\\', '/'))
        .Where(path => !Ignored().IsMatch(path))
        .Append("README.md");

    public static IReadOnlyList<CodeBlock> Blocks(string page) =>
        [.. Fence().Matches(Read(page)).Select(m => new CodeBlock(m.Groups["language"].Value, m.Groups["mark"].Value, m.Groups["text"].Value))];

    /// <summary>Targets of links, those of other sites and of the same page left out.</summary>
    public static IEnumerable<string> Links(string page) => Link().Matches(Fence().Replace(Read(page), ""))
        .Select(m => m.Groups[1].Value.Split('#')[0])
        .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));

    /// <summary>The bodies that a page's curl commands send, read as the server reads them.</summary>
    public static IReadOnlyList<TranslateRequest> CurlRequests(string page) =>
    [
        .. Blocks(page).Where(b => b.Text.Contains("/v1/translate", StringComparison.Ordinal))
            .SelectMany(b => CurlBody().Matches(b.Text))
            .Select(m => JsonSerializer.Deserialize(m.Groups[1].Value, TranslateJson.Api.TranslateRequest)!),
    ];

    /// <summary>The lines of a section, up to the next one of its level.</summary>
    public static IReadOnlyList<string> Section(string page, string heading) =>
        [.. Read(page).Split('\n').SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))];

    [GeneratedRegex(@"(?:^<!-- (?<mark>[^\n]*) -->\n)?^```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"-d '([^']*)'")]
    private static partial Regex CurlBody();

    [GeneratedRegex(@"(^|/)(bin|obj|node_modules)/")]
    private static partial Regex Ignored();
}
