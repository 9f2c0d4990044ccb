namespace RnnServe.Tests.Training;

/// <summary>Learns small tasks from nothing, with the real commands, and asks the exported bundle for sequences it never saw.</summary>
public sealed class ToyTaskTests
{
    private const string Sizes = "\"embedding\": 24, \"hidden\": 48, \"attentionSize\": 32, \"encoderHidden\": 24, \"encoderLayers\": 1";

    [Fact]
    public async Task Copying_is_learnt() => Assert.InRange(await Learn(letters => letters, "rnn", "dot", 20), 0.99, 1);

    [Fact]
    public async Task Reversing_is_learnt() => Assert.InRange(await Learn(letters => letters.Reverse(), "lstm", "general", 14), 0.99, 1);

    [Theory, Trait("Category", "Long")]
    [InlineData("gru", 16), InlineData("gru_reset_before", 20)]
    public async Task Reversing_is_learnt_by_other_cells(string cell, int epochs)
    {
        Skip.UnlessLong();
        Assert.InRange(await Learn(letters => letters.Reverse(), cell, "additive", epochs), 0.99, 1);
    }

    private static async Task<double> Learn(Func<string[], IEnumerable<string>> task, string cell, string attention, int epochs)
    {
        using var project = new ToyProject(task, $$"""{ "cell": "{{cell}}", "attention": "{{attention}}", {{Sizes}} }""",
            $"\"epochs\": {epochs}, \"learningRate\": 0.006, \"warmUpSteps\": 50, \"threads\": 1");
        Assert.Equal(0, project.Train());
        return await project.ExportAndScore(500);
    }
}
