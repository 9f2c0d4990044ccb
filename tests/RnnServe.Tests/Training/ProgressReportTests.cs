using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

public sealed class ProgressReportTests
{
    [Fact]
    public void Redirected_output_gets_a_line_a_minute_with_rate_and_remaining_time()
    {
        var (clock, output) = (new StoppedClock(), new StringWriter());
        var progress = new ProgressReport(output, live: false, clock);
        progress.Start(epochs: 4, steps: 400, done: 100);

        for (int step = 101; step <= 160; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            progress.Step(new StepReport(2, step, Loss: 300, Tokens: 100, GradientNorm: 0.5));
        }

        // 60 steps of 100 tokens in 60 s; 240 steps are left.
        Assert.Equal("epoch 2/4  step 160/400  loss 3.000  norm 0.50  100 tokens/s  ETA 0:04:00", Assert.Single(Lines(output)));
    }

    [Fact]
    public void A_terminal_gets_one_line_that_renews_itself_and_is_cleared_before_another()
    {
        var (clock, output) = (new StoppedClock(), new StringWriter());
        var progress = new ProgressReport(output, live: true, clock);
        progress.Start(epochs: 1, steps: 10, done: 0);

        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Step(new StepReport(1, 1, 300, 100, 0.5));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        progress.Step(new StepReport(1, 2, 300, 100, 0.5));    // too soon to be shown
        progress.Say("validated");

        string line = "epoch 1/1  step 1/10  loss 3.000  norm 0.50  100 tokens/s  ETA 0:00:09";
        Assert.Equal($"\r{line}\r{new string(' ', line.Length)}\rvalidated{Environment.NewLine}", output.ToString());
    }

    [Fact]
    public void Counted_work_shows_a_bar_with_rate_and_remaining_time_and_leaves_the_training_clock_alone()
    {
        var (clock, output) = (new StoppedClock(), new StringWriter());
        var progress = new ProgressReport(output, live: false, clock);
        progress.Start(epochs: 1, steps: 200, done: 0);

        foreach (int _ in progress.Count(Enumerable.Repeat(4, 15), "photos", total: 80, done: 20, weight: n => n))
            clock.Advance(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(45));
        progress.Step(new StepReport(1, 100, Loss: 300, Tokens: 100, GradientNorm: 0.5));

        // 48 photos in a minute; then 100 steps in the two minutes since the start.
        Assert.Equal("[#########################.....] 68 of 80 photos  1/s  ETA 0:00:15", Lines(output)[0]);
        Assert.EndsWith("ETA 0:02:00", Lines(output)[1], StringComparison.Ordinal);
    }

    private static string[] Lines(StringWriter output) => output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private sealed class StoppedClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan span) => ticks += span.Ticks;
    }
}
