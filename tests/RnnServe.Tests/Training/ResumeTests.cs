using RnnServe.Training;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

public sealed class ResumeTests
{
    private const string Model = "{ \"embedding\": 16, \"hidden\": 24, \"attentionSize\": 12, \"encoderHidden\": 12 }";

    [Fact]
    public void A_resumed_training_keeps_its_threads_and_refuses_other_keys_by_name()
    {
        using var project = new ToyProject(letters => letters, Model, "\"epochs\": 1");
        Assert.Equal(0, project.Train("--threads", "1"));
        var folder = new RunFolder(project.Run);
        byte[] trained = File.ReadAllBytes(folder.Latest);

        Assert.Equal(0, project.Train("--resume", "--threads", "2"));

        Assert.Equal(1, CheckpointFile.ReadHeader(folder.Latest).State.Threads);
        Assert.Equal(trained, File.ReadAllBytes(folder.Latest));
        // Killed between two renames, the newest checkpoint has no name yet.
        File.Delete(folder.Latest);
        File.Copy(folder.Best, folder.Previous, overwrite: true);
        Assert.Contains("holds a training already", Assert.Throws<UserException>(() => project.Train()).Message, StringComparison.Ordinal);
        string message = Assert.Throws<UserException>(() => project.Train("--resume", "--epochs", "4", "--seed", "5")).Message;
        Assert.Contains("began with another recipe: training.epochs is 4 and was 1, training.seed is 5 and was 3.", message, StringComparison.Ordinal);
    }
}
