using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>Tries a model before it serves.</summary>
internal static class Canary
{
    /// <summary>
    /// How far a canary's score may be off on another processor, as a share of it, or of 1 where it is smaller. Kernels sum in other orders
    /// (1e-6); an activation that lies between two 8-bit numbers may become the other one.
    /// </summary>
    private const double FullTolerance = 0.001, QuantizedTolerance = 0.003;

    /// <summary>Answers the canary with the bundle's defaults and compares text and score with the recorded answer of the precision.
    /// Without a canary there is nothing to check.</summary>
    /// <param name="model">The model to try.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelBundleException">The answer is another one, or the graphs do not run.</exception>
    public static async Task CheckAsync(IModel model, CancellationToken cancellation = default)
    {
        var (manifest, precision) = (model.Bundle.Manifest, model.Precision);
        var recorded = manifest.Canary?.Answers?.Of(precision);
        string? expected = recorded?.Text ?? (precision == manifest.Graphs.Default ? manifest.Canary?.Expected : null);
        if (manifest.Canary is not { } canary || expected is null)
            return;
        CanaryAnswer answer;
        try
        {
            answer = await model.AnswerCanaryAsync(canary.Input, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotFiniteNumberException)
        {
            string found = $"an error ({error.Message.TrimEnd('.')})";
            throw new ModelBundleException(ManifestJson.FileName, "canary", found, $"'{expected}'", error);
        }

        if (answer.Text != expected)
            throw new ModelBundleException(ManifestJson.FileName, "canary", $"'{answer.Text}'", $"'{expected}'");
        if (recorded is null)
            return;
        double share = precision == PrecisionSet.QuantizedName ? QuantizedTolerance : FullTolerance;
        double tolerance = share * Math.Max(1, Math.Abs(recorded.Score));
        if (!(Math.Abs(answer.Score - recorded.Score) <= tolerance))
        {
            throw new ModelBundleException(
                ManifestJson.FileName,
                $"canary.answers.{precision}.score",
                FormattableString.Invariant($"{answer.Score:F5}"),
                FormattableString.Invariant($"{recorded.Score} ± {tolerance:G2}"));
        }
    }

    /// <summary>Answers the canary so often that every worker has run the model; without a canary nothing is run.</summary>
    /// <param name="model">A model that <see cref="CheckAsync"/> has checked.</param>
    /// <param name="times">How often, side by side.</param>
    /// <param name="cancellation">Ends the runs.</param>
    public static async Task WarmUpAsync(IModel model, int times, CancellationToken cancellation = default)
    {
        if (model.Bundle.Manifest.Canary?.Input is not { } input)
            return;
        try
        {
            var answers = Enumerable.Range(0, times).Select(_ => model.AnswerCanaryAsync(input, cancellation));
            await Task.WhenAll(answers).ConfigureAwait(false);
        }
        catch (QueueFullException)
        {
            // A queue that is shorter than this has kept the workers busy all the same.
        }
    }
}
