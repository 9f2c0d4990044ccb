using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.Settings;

namespace RnnServe.Tests.Documentation;

/// <summary>What the pages say is so. Their commands are executed by .ci/run.</summary>
public sealed partial class ReadmeTests
{
    private const string Readme = "README.md";

    public static TheoryData<string> Pages => [.. ReadmeText.Pages()];

    [Fact]
    public void Every_command_of_the_readme_is_executed_by_the_continuous_integration()
    {
        var script = Script();
        var blocks = ReadmeText.Blocks(Readme).Where(b => b.Language is "bash" or "sh" or "shell" or "console" or "").ToList();
        var commands = blocks.Where(b => b.Language.Length > 0).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, block => Assert.StartsWith("ci: ", block.Mark, StringComparison.Ordinal));
        Assert.All(commands, block => Assert.Matches($@"(run|with_server|answered_as_shown) {block.Mark["ci: ".Length..]}\b(?!-)", script));
        Assert.Equal(commands.Count, commands.Select(b => b.Mark).Distinct().Count());
        Assert.All(blocks.Except(commands), block => Assert.DoesNotMatch(Command(), block.Text));
    }

    [Fact]
    public void The_script_asks_for_no_block_that_the_readme_does_not_have()
    {
        var marks = ReadmeText.Blocks(Readme).Select(b => b.Mark).ToHashSet();

        var asked = ScriptBlock().Matches(Script()).Select(m => $"ci: {m.Groups[1].Value}").ToList();

        Assert.NotEmpty(asked);
        Assert.All(asked, mark => Assert.Contains(mark, marks));
    }

    [Theory, MemberData(nameof(Pages))]
    public void Links_lead_to_files(string page)
    {
        var folder = Path.GetDirectoryName(TestData.InRepository(page.Split('/')))!;

        Assert.All(ReadmeText.Links(page), target => Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page}: {target}"));
    }

    [Fact]
    public void The_layout_names_folders_that_exist()
    {
        var folders = LayoutFolders();

        Assert.InRange(folders.Count, 5, 50);
        Assert.All(folders, folder => Assert.True(Directory.Exists(TestData.InRepository(folder.Split('/'))), folder));
    }

    [Fact]
    public void The_layout_names_every_project()
    {
        var projects = Directory.EnumerateFiles(TestData.RepositoryRoot, "*.csproj", SearchOption.AllDirectories).Select(p => Path.GetDirectoryName(p)!);

        var expected = projects.Select(f => Path.GetRelativePath(TestData.RepositoryRoot, f).Replace('\\', '/'));

        Assert.Empty(expected.Except(LayoutFolders()));
    }

    [Fact]
    public void Source_files_in_backticks_exist()
    {
        var files = Directory.EnumerateFiles(TestData.InRepository("src"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileName).ToHashSet();

        Assert.All(SourceFile().Matches(ReadmeText.Read(Readme)), m => Assert.Contains(m.Groups[1].Value, files));
    }

    [Fact]
    public void Each_question_of_a_newcomer_is_answered_by_a_link_to_one_file()
    {
        var rows = ReadmeText.Section(Readme, "## Where is …").Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.Equal(10, rows.Count);
        Assert.All(rows, row => Assert.True(File.Exists(TestData.InRepository(QuestionRow().Match(row).Groups[1].Value.Split('/'))), row));
    }

    [Fact]
    public void The_readme_is_short() =>
        Assert.InRange(ReadmeText.Read(Readme).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 500, 1500);

    [Theory, InlineData("Inference", "Translator.cs"), InlineData("Server", "TranslateKind.cs"), InlineData("Training", "TrainCommand.cs")]
    public void The_page_of_a_project_says_what_is_its_business_and_follows_one_call(string project, string passed)
    {
        string page = $"src/RnnServe.{project}/README.md";

        var steps = ReadmeText.Section(page, project == "Training" ? "## One training" : "## One request").Where(line => NumberedLink().IsMatch(line)).ToList();

        Assert.Contains("**In scope:**", ReadmeText.Read(page), StringComparison.Ordinal);
        Assert.Contains("**Out of scope:**", ReadmeText.Read(page), StringComparison.Ordinal);
        Assert.InRange(steps.Count, 3, 9);
        Assert.Contains(steps, step => step.Contains(passed, StringComparison.Ordinal));
    }

    [Fact]
    public void The_requests_that_curl_sends_are_valid()
    {
        var requests = ReadmeText.CurlRequests(Readme);

        Assert.Equal(2, requests.Count);
        Assert.All(requests, request => TextRules.Check(request, TranslateJson.Api.TranslateRequest, new LimitsOptions()));
    }

    [Fact]
    public void The_translation_that_is_shown_has_the_form_of_the_servers_answers()
    {
        var answer = Shown("answer: translate", TranslateJson.Api.TranslateResponse);

        var request = ReadmeText.CurlRequests(Readme)[0];
        Assert.Equal(request.Text!.Items.Count, answer.Translations.Count);
        Assert.Contains($"{request.Source}-{request.Target}", answer.Model, StringComparison.Ordinal);
    }

    [Fact]
    public void The_caption_that_is_shown_has_the_form_of_the_servers_answers()
    {
        var answer = Shown("answer: caption", CaptionJson.Api.CaptionResponse);

        Assert.Single(answer.Captions);
        Assert.True(Directory.Exists(TestData.InRepository("models", answer.Model, answer.Version)), answer.Model);
    }

    /// <summary>An answer in the page; every field of it must be one that the server sends.</summary>
    private static T Shown<T>(string mark, JsonTypeInfo<T> type)
    {
        var shown = ReadmeText.Blocks(Readme).Single(b => b.Mark == mark).Text;
        var answer = JsonSerializer.Deserialize(shown, type)!;
        var sent = JsonSerializer.SerializeToElement(answer, type);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(shown).RootElement, sent), $"a field is not the server's: {shown}");
        return answer;
    }

    /// <summary>The script without its comments.</summary>
    private static string Script() =>
        string.Join('\n', ReadmeText.Read(".ci/run").Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    private static List<string> LayoutFolders() =>
    [
        .. ReadmeText.Section(Readme, "## Layout").Select(line => LayoutRow().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value),
    ];

    [GeneratedRegex(@"^\| (?:\[|`)([^\]`]+)")]
    private static partial Regex LayoutRow();

    [GeneratedRegex(@"^(dotnet|curl|docker|npm|git) ", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"(?:\brun|\bwith_server|\banswered_as_shown) ([a-z]+(?:-[a-z]+)*)\b(?= |$|"")", RegexOptions.Multiline)]
    private static partial Regex ScriptBlock();

    [GeneratedRegex(@"`(\w+\.cs)`")]
    private static partial Regex SourceFile();

    /// <summary>The file of a row's first link, without the heading in it.</summary>
    [GeneratedRegex(@"^\| [^|]+ \| \[[^\]]+\]\(([^)#]+)")]
    private static partial Regex QuestionRow();

    [GeneratedRegex(@"^\d\. \[")]
    private static partial Regex NumberedLink();
}
