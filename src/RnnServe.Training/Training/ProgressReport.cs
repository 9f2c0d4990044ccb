using System.Globalization;

namespace RnnServe.Training;

/// <summary>One optimizer step, as the progress line shows it.</summary>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Loss">Loss, summed over the target tokens.</param>
/// <param name="Tokens">Target tokens of the batch.</param>
/// <param name="GradientNorm">Norm of all gradients together, before clipping.</param>
internal readonly record struct StepReport(int Epoch, long Step, double Loss, int Tokens, double GradientNorm);

/// <summary>Shows where a training stands: on a terminal one line that renews itself, elsewhere a line now and then.</summary>
/// <param name="output">Where to write.</param>
/// <param name="live">Whether it is a terminal, which can renew a line.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressReport(TextWriter output, bool live, TimeProvider time)
{
    private readonly TimeSpan interval = live ? TimeSpan.FromSeconds(0.25) : TimeSpan.FromSeconds(60);
    private int epochs;
    private long steps;
    private long shownAt;
    private long startedAt;
    private long startStep;
    private int shownWidth;
    private double loss;
    private long tokens;

    /// <summary>Starts the clock.</summary>
    /// <param name="epochs">Epochs of the whole training.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="done">Steps done before, by the training that is resumed.</param>
    public void Start(int epochs, long steps, long done)
    {
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
        Show(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {step.Epoch}/{epochs}  step {step.Step}/{steps}  loss {loss / tokens:F3}  norm {step.GradientNorm:F2}")
            + string.Create(CultureInfo.InvariantCulture, $"  {tokens / since.TotalSeconds:N0} tokens/s  ETA {Clock(left)}"));
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

    private static string Clock(TimeSpan span) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}");
}
