using RnnServe.Tests.Commands;

namespace RnnServe.Tests.Training;

/// <summary>Several recipes in one command.</summary>
public sealed class StagedTrainingTests
{
    [Fact]
    public async Task Recipes_are_trained_one_after_the_other_and_a_resumed_command_begins_those_that_had_not_begun()
    {
        using var project = new ToyProject(letters => letters, """{ "hidden": 8, "embedding": 8, "encoderHidden": 8, "attentionSize": 8 }""", "\"epochs\": 1");
        string[] both = [Named("first"), Named("second")];

        Assert.Equal(0, (await Train(both)).Code);
        string[] lines = File.ReadAllLines(Log("second"));
        Directory.Delete(Path.GetDirectoryName(Log("second"))!, recursive: true);
        Assert.Equal(0, (await Train([.. both, "--resume"])).Code);

        Assert.True(File.Exists(Log("first")));
        Assert.Equal(lines.Length, File.ReadAllLines(Log("second")).Length);
        Assert.Contains("'runs/first' holds a training already", (await Train(both)).Errors, StringComparison.Ordinal);
        Assert.Contains("2 recipes need one each", (await Train([.. both, "--output", "x"])).Errors, StringComparison.Ordinal);
        Assert.Contains("Two recipes have the name 'first'", (await Train([both[0], both[0]])).Errors, StringComparison.Ordinal);

        Task<(int Code, string Output, string Errors)> Train(string[] arguments) =>
            TrainingProgram.RunInAsync(project.Folder, ["train", .. arguments]);

        string Log(string name) => Path.Combine(project.Folder, "runs", name, "log.jsonl");

        string Named(string name)
        {
            var path = Path.Combine(project.Folder, $"{name}.json");
            File.WriteAllText(path, File.ReadAllText(project.Recipe).Replace("\"toy\"", $"\"{name}\"", StringComparison.Ordinal));
            return path;
        }
    }
}
