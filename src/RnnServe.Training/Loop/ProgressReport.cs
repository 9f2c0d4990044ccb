namespace RnnServe.Training.Loop;

/// <summary>One optimizer step, as the progress line shows it.</summary>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Loss">Loss, summed over the target tokens.</param>
/// <param name="Tokens">Target tokens of the batch.</param>
/// <param name="GradientNorm">Norm of all gradients together, before clipping.</param>
internal readonly record struct StepReport(int Epoch, long Step, double Loss, int Tokens, double GradientNorm);

/// <summary>Shows where long work, such as a training, is: on a terminal by one line that renews itself, elsewhere now and then.</summary>
/// <param name="output">Where to write.</param>
/// <param name="live">Whether it is a terminal, which can renew a line.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressReport(TextWriter output, bool live, TimeProvider time)
{
    private const int BarWidth = 30;

    private readonly TimeSpan interval = live ? TimeSpan.FromSeconds(0.25) : TimeSpan.FromSeconds(60);
    private string unit = "";
    private int epochs;
    private long steps;
    private long shownAt;
    private long startedAt;
    private long startStep;
    private int shownWidth;
    private double loss;
    private long tokens;

    /// <summary>A report on standard output.</summary>
    public static ProgressReport OnConsole() => new(Console.Out, live: !Console.IsOutputRedirected, TimeProvider.System);

    /// <summary>Goes through items, showing how many are done, with a bar, when it is time.</summary>
    /// <param name="items">Work is done while the caller enumerates.</param>
    /// <param name="what">What the items are: "photos".</param>
    /// <param name="total">Number of all items.</param>
    /// <param name="done">Number of items done before.</param>
    /// <param name="weight">Number of items that one element of <paramref name="items"/> stands for.</param>
    public IEnumerable<T> Count<T>(IEnumerable<T> items, string what, long total, long done, Func<T, int> weight)
    {
        // A clock of its own: a validation counts while a training runs.
        long started = time.GetTimestamp(), shown = started, before = done;
        foreach (var item in items)
        {
            yield return item;
            done += weight(item);
            if (time.GetElapsedTime(shown) < interval)
                continue;

            var elapsed = time.GetElapsedTime(started);
            double rate = (done - before) / elapsed.TotalSeconds;
            int filled = (int)(BarWidth * done / total);
            Show(Invariant($"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {done:N0} of {total:N0} {what}  {rate:N0}/s")
                + $"  ETA {Clock(elapsed / (done - before) * (total - done))}");
            shown = time.GetTimestamp();
        }
    }

    /// <summary>Starts the clock.</summary>
    /// <param name="epochs">Epochs of the whole training.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="done">Steps done before, by the training that is resumed.</param>
    /// <param name="unit">What the rate counts.</param>
    public void Start(int epochs, long steps, long done, string unit = "tokens")
    {
        this.unit = unit;
        (this.epochs, this.steps, startStep) = (epochs, steps, done);
        startedAt = shownAt = time.GetTimestamp();
    }

    /// <summary>Takes a step in, and shows the line when it is time.</summary>
    public void Step(StepReport step)
    {
        loss += step.Loss;
        tokens += step.Tokens;
        var since = time.GetElapsedTime(shownAt);
        if (since < interval)
            return;

        var left = time.GetElapsedTime(startedAt) / (step.Step - startStep) * (steps - step.Step);
        Show(Invariant($"epoch {step.Epoch}/{epochs}  step {step.Step}/{steps}  loss {loss / tokens:F3}  norm {step.GradientNorm:F2}")
            + Invariant($"  {tokens / since.TotalSeconds:N0} {unit}/s  ETA {Clock(left)}"));
        (loss, tokens, shownAt) = (0, 0, time.GetTimestamp());
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        if (live && shownWidth > 0)
            output.Write("\r" + new string(' ', shownWidth) + "\r");
        shownWidth = 0;
        output.WriteLine(line);
        output.Flush();
    }

    private void Show(string line)
    {
        if (!live)
        {
            Say(line);
            return;
        }

        output.Write("\r" + line.PadRight(shownWidth));
        output.Flush();
        shownWidth = line.Length;
    }

    private static string Clock(TimeSpan span) => Invariant($"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}");
}
