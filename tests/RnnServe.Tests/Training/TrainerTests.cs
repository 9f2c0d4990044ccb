using System.Diagnostics;
using System.Globalization;
using RnnServe.Training;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rnnserve-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Training_learns()
    {
        using var graph = new LineGraph();

        Assert.Equal(TrainingOutcome.Finished, TrainingChild.Run(graph, In("a"), resume: false, TrainingChild.Settings with { Epochs = 100 }));

        var validations = TrainingLog.Read(Path.Combine(In("a"), "log.jsonl")).Where(e => e.ValidationLoss is not null).ToList();
        Assert.Equal(100, validations.Count);
        Assert.InRange(validations[^1].ValidationLoss!.Value, 0, validations[0].ValidationLoss!.Value / 10);
    }

    [Fact]
    public void Killed_with_signal_9_again_and_again_and_resumed_it_ends_with_the_same_bytes()
    {
        using (var whole = Start("whole", "new", delay: 0))
            Assert.True(whole.WaitForExit(60_000) && whole.ExitCode == 0);

        string latest = Path.Combine(In("killed"), "latest.ckpt");
        int kills = 0;
        foreach (int milliseconds in new[] { 0, 31, 62, 45 })
        {
            using var child = Start("killed", kills == 0 ? "new" : "resume", delay: 10);
            SpinWait.SpinUntil(() => child.HasExited || File.Exists(latest), 60_000);
            Thread.Sleep(100 + milliseconds);   // the second one starts, resumes and is hit in the middle of it
            kills += child.HasExited ? 0 : 1;
            child.Kill();
            child.WaitForExit();
        }

        using (var last = Start("killed", "resume", delay: 0))
            Assert.True(last.WaitForExit(60_000) && last.ExitCode == 0);

        Assert.InRange(kills, 2, 4);
        Assert.Equal(File.ReadAllBytes(Path.Combine(In("whole"), "latest.ckpt")), File.ReadAllBytes(latest));
        Assert.Equal(Bytes("whole", "best.ckpt"), Bytes("killed", "best.ckpt"));
        Assert.Equal(Steps("whole"), Steps("killed"));
    }

    [Fact]
    public void Broken_off_before_any_step_and_resumed_it_ends_with_the_same_bytes()
    {
        var settings = TrainingChild.Settings with { Epochs = 2, CheckpointMinutes = 0.0 };
        using (var graph = new LineGraph())
            TrainingChild.Run(graph, In("whole"), resume: false, settings);

        for (int step = 2; step <= 24; step++)
        {
            using (var graph = new LineGraph { BeforeStep = n => throwAt(n, step) })
                Assert.Throws<TimeoutException>(() => TrainingChild.Run(graph, In("broken"), resume: false, settings));
            using (var graph = new LineGraph())
                Assert.Equal(TrainingOutcome.Finished, TrainingChild.Run(graph, In("broken"), resume: true, settings));

            Assert.Equal(Bytes("whole", "latest.ckpt"), Bytes("broken", "latest.ckpt"));
            Directory.Delete(In("broken"), recursive: true);
        }

        static void throwAt(int step, int last)
        {
            if (step == last)
                throw new TimeoutException();
        }
    }

    [Fact]
    public void Broken_off_between_a_validation_and_its_checkpoint_and_resumed_it_logs_the_validation_once()
    {
        var settings = TrainingChild.Settings with { Epochs = 2, CheckpointMinutes = 0.0 };
        using (var graph = new LineGraph())
            TrainingChild.Run(graph, In("whole"), resume: false, settings);

        var progress = new ProgressReport(new BreakingWriter("epoch 1: "), live: false, TimeProvider.System);
        using (var graph = new LineGraph())
        using (var trainer = new Trainer(
            graph, new LineBatches(), settings, TrainingChild.Environment(In("broken")) with { Progress = progress }))
        {
            Assert.Throws<TimeoutException>(() => trainer.Run(resume: false, default));
        }

        using (var graph = new LineGraph())
            TrainingChild.Run(graph, In("broken"), resume: true, settings);

        Assert.Equal(Bytes("whole", "latest.ckpt"), Bytes("broken", "latest.ckpt"));
        Assert.Equal(Steps("whole"), Steps("broken"));
    }

    [Fact]
    public void A_validation_that_fails_loses_no_step()
    {
        var settings = TrainingChild.Settings with { Epochs = 2, CheckpointMinutes = 1440 };
        int all = 0, again = 0;
        using (var graph = new LineGraph { BeforeStep = n => all = n })
            TrainingChild.Run(graph, In("whole"), resume: false, settings);

        using (var graph = new LineGraph())
        using (var trainer = new Trainer(
            graph, new LineBatches(), settings, TrainingChild.Environment(In("broken")) with { Validation = new FullDisk() }))
        {
            Assert.Throws<IOException>(() => trainer.Run(resume: false, default));
        }

        using (var graph = new LineGraph { BeforeStep = n => again = n })
            TrainingChild.Run(graph, In("broken"), resume: true, settings);

        Assert.Equal(all / 2, again);
        Assert.Equal(Bytes("whole", "latest.ckpt"), Bytes("broken", "latest.ckpt"));
        Assert.Equal(Steps("whole"), Steps("broken"));
    }

    [Fact]
    public void A_stop_writes_a_checkpoint_from_which_the_training_goes_on()
    {
        using (var graph = new LineGraph())
            TrainingChild.Run(graph, In("whole"), resume: false, TrainingChild.Settings);

        using var stop = new CancellationTokenSource();
        using (var graph = new LineGraph { BeforeStep = n => stopAt(n, stop) })
            Assert.Equal(TrainingOutcome.Interrupted, TrainingChild.Run(graph, In("stopped"), resume: false, TrainingChild.Settings, stop.Token));
        using (var graph = new LineGraph())
            Assert.Equal(TrainingOutcome.Finished, TrainingChild.Run(graph, In("stopped"), resume: true, TrainingChild.Settings));

        Assert.Equal(Bytes("whole", "latest.ckpt"), Bytes("stopped", "latest.ckpt"));

        static void stopAt(int step, CancellationTokenSource stop)
        {
            if (step == 17)
                stop.Cancel();
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_and_names_the_step()
    {
        using var graph = new LineGraph();
        graph.Parameters["w"].Value.AsSpan<float>()[0] = float.NaN;

        var error = Assert.Throws<UserException>(() => TrainingChild.Run(graph, In("nan"), resume: false, TrainingChild.Settings));

        Assert.StartsWith("Step 1 (epoch 1) has loss NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_stops_when_the_score_rises_no_more_and_keeps_the_best_weights()
    {
        var score = new FallingScore();
        using var graph = new LineGraph();
        using var trainer = new Trainer(
            graph,
            new LineBatches(),
            TrainingChild.Settings with { Epochs = 50, EarlyStopping = 3 },
            TrainingChild.Environment(In("early")) with { Validation = score });

        Assert.Equal(TrainingOutcome.StoppedEarly, trainer.Run(resume: false, default));

        Assert.Equal(4, score.Seen.Count);    // the best, and three worse ones
        using var best = new LineGraph();
        Checkpoints.LoadAverages(Path.Combine(In("early"), "best.ckpt"), best.Parameters);
        Assert.Equal(score.Seen[0], best.Parameters["w"].Value.AsSpan<float>().ToArray());
        Assert.Equal([true, false, false, false], TrainingLog.Read(Path.Combine(In("early"), "log.jsonl")).Where(e => e.Score > 0).Select(e => e.Best!.Value));
    }

    private Process Start(string name, string how, int delay) => Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(TrainingChild).Assembly.Location, TrainingChild.Command, In(name), how, $"{delay}"]))!;

    private string In(string name) => Path.Combine(folder.FullName, name);

    private byte[] Bytes(string run, string file) => File.ReadAllBytes(Path.Combine(In(run), file));

    private IEnumerable<(long, double)> Steps(string run) =>
        TrainingLog.Read(Path.Combine(In(run), "log.jsonl")).Select(e => (e.Step, e.Loss));

    private sealed class BreakingWriter(string start) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void WriteLine(string? value)
        {
            if (value!.StartsWith(start, StringComparison.Ordinal))
                throw new TimeoutException();
        }
    }

    private sealed class FullDisk : IValidation
    {
        public string ScoreName => "points";

        public double Score(ParameterSet averaged) => throw new IOException("No space left on device");
    }

    /// <summary>A score that only falls, and the weights that it was asked to score.</summary>
    private sealed class FallingScore : IValidation
    {
        public List<float[]> Seen { get; } = [];

        public string ScoreName => "points";

        public double Score(ParameterSet averaged)
        {
            Seen.Add(averaged["w"].Value.AsSpan<float>().ToArray());
            return 50 - Seen.Count;
        }
    }
}
