namespace RnnServe.Tests.Training;

/// <summary>Learns small tasks from nothing, with the real commands, and asks the exported bundle for sequences it never saw.</summary>
public sealed class ToyTaskTests
{
    private const string Sizes = "\"embedding\": 24, \"hidden\": 48, \"attentionSize\": 32, \"encoderHidden\": 24, \"encoderLayers\": 1";

    [Theory]
    [InlineData("gru", "additive", 16)]
    [InlineData("rnn", "dot", 20)]
    public async Task Copying_is_learnt(string cell, string attention, int epochs) =>
        Assert.InRange(await Learn(letters => letters, cell, attention, epochs), 0.99, 1);

    [Theory]
    [InlineData("lstm", "general", 14)]
    [InlineData("gru_reset_before", "additive", 20)]
    public async Task Reversing_is_learnt(string cell, string attention, int epochs) =>
        Assert.InRange(await Learn(letters => letters.Reverse(), cell, attention, epochs), 0.99, 1);

    private static async Task<double> Learn(Func<string[], IEnumerable<string>> task, string cell, string attention, int epochs)
    {
        using var project = new ToyProject(task, $$"""{ "cell": "{{cell}}", "attention": "{{attention}}", {{Sizes}} }""",
            $"\"epochs\": {epochs}, \"learningRate\": 0.006, \"warmUpSteps\": 50, \"threads\": 1");
        Assert.Equal(0, project.Train());
        return await project.ExportAndScore(500);
    }
}
