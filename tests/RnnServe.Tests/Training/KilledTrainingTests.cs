using System.Diagnostics;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

/// <summary>The real trainer in a process of its own, killed without warning.</summary>
public sealed class KilledTrainingTests
{
    private const string Model = "{ \"embedding\": 16, \"hidden\": 24, \"attentionSize\": 16, \"encoderHidden\": 12, \"encoderLayers\": 1 }";

    private const string Training = "\"epochs\": 3, \"learningRate\": 0.005, \"warmUpSteps\": 50, \"threads\": 2, \"checkpointMinutes\": 0.01";

    [Fact]
    public void A_killed_and_resumed_training_ends_with_the_same_bytes()
    {
        using var whole = new ToyProject(letters => letters.Reverse(), Model, Training, dropout: 0.2);
        using var killed = new ToyProject(letters => letters.Reverse(), Model, Training, dropout: 0.2);
        Finish(Start(whole));

        var kills = 0;
        while (kills < 2 && KillAfterACheckpoint(Start(killed, resume: kills > 0), new(killed.Run)))
            kills++;
        Assert.True(kills > 0, "The training was over before it could be killed.");
        Finish(Start(killed, resume: true));

        Assert.Equal(File.ReadAllBytes(new RunFolder(whole.Run).Latest), File.ReadAllBytes(new RunFolder(killed.Run).Latest));
    }

    private static Process Start(ToyProject project, bool resume = false)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = project.Folder };
        foreach (var argument in new[] { typeof(ILossGraph).Assembly.Location, "train", "recipe.json", "--output", "run" })
            start.ArgumentList.Add(argument);
        if (resume)
            start.ArgumentList.Add("--resume");
        return Process.Start(start)!;
    }

    /// <summary>Kills the process once it has written a new checkpoint; false when it ended first.</summary>
    private static bool KillAfterACheckpoint(Process process, RunFolder folder)
    {
        using (process)
        {
            var before = Written(folder);
            while (!process.HasExited && Written(folder) == before)
                Thread.Sleep(5);
            if (process.HasExited)
                return false;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return true;
        }
    }

    private static DateTime Written(RunFolder folder) => File.GetLastWriteTimeUtc(folder.Latest);

    private static void Finish(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
        }
    }
}
