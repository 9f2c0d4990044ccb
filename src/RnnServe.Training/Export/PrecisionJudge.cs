using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Training.Backbones;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>What a bundle scored.</summary>
/// <param name="Score">What decides between precisions: BLEU, or BLEU-4.</param>
/// <param name="Metrics">For the manifest.</param>
internal sealed record MeasuredBundle(double Score, IReadOnlyList<MetricManifest> Metrics);

/// <summary>Data that bundles are measured on.</summary>
internal abstract class PrecisionJudge
{
    /// <summary>Scores of a bundle with its own defaults.</summary>
    /// <param name="bundle">The version's folder.</param>
    /// <param name="precision">Which graphs.</param>
    public abstract MeasuredBundle Measure(string bundle, string precision);

    /// <summary>The greatest value in the memory that the encoder makes of the data; null where it is not looked at.</summary>
    public virtual double? GreatestMemory(ModelBundle bundle) => null;

    /// <summary>As a metric names its search: nothing for fp32, which was the only one once.</summary>
    protected static string Name(string precision) => precision == PrecisionSet.FullName ? "" : $"{precision}, ";
}

/// <summary>Pairs of sentences, judged by cased BLEU.</summary>
/// <param name="pairs">Sources and references.</param>
/// <param name="dataSet">Their name.</param>
/// <param name="progress">Told the score.</param>
internal sealed class TranslationJudge(IReadOnlyList<SentencePair> pairs, string dataSet, ProgressReport progress) : PrecisionJudge
{
    public override MeasuredBundle Measure(string bundle, string precision)
    {
        var score = TranslationValidation.ScoreAsync(bundle, pairs, new(), precision).GetAwaiter().GetResult();
        progress.Say(Invariant($"{dataSet}, {precision}: BLEU {score.Score:F2}"));
        int beam = ModelBundle.Load(bundle).Manifest.Decoding.BeamSize;
        string method = $"BLEU, {Name(precision)}beam {beam}, {score.Signature}";
        return new(score.Score, [new() { DataSet = dataSet, Method = method, Value = Math.Round(score.Score, 2) }]);
    }
}

/// <summary>Photos with captions, judged by BLEU-4.</summary>
/// <param name="photos">With their references.</param>
/// <param name="dataSet">Their name.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class CaptionJudge(IReadOnlyList<CaptionedPhoto> photos, string dataSet, ProgressReport progress) : PrecisionJudge
{
    private const int PhotosLookedAt = 100;

    public override MeasuredBundle Measure(string bundle, string precision)
    {
        var scores = CaptionScorer.ScoreAsync(bundle, photos, progress, precision).GetAwaiter().GetResult();
        progress.Say($"{dataSet}, {precision}: {scores}");
        var decoding = ModelBundle.Load(bundle).Manifest.Decoding;
        string signature = CaptionMetrics.Signature([.. photos.Select(photo => photo.Captions)]);
        string search = Invariant($"{Name(precision)}beam {decoding.BeamSize}, length penalty {decoding.LengthPenalty}, {signature}");
        return new(scores.Bleu4,
        [
            Metric("BLEU-1", scores.Bleu1, 2), Metric("BLEU-2", scores.Bleu2, 2), Metric("BLEU-3", scores.Bleu3, 2),
            Metric("BLEU-4", scores.Bleu4, 2), Metric("CIDEr-D", scores.CiderD, 3),
        ]);

        MetricManifest Metric(string name, double value, int digits) =>
            new() { DataSet = dataSet, Method = $"{name}, {search}", Value = Math.Round(value, digits) };
    }

    public override double? GreatestMemory(ModelBundle bundle)
    {
        var (manifest, image) = (bundle.Manifest, bundle.Manifest.Image!);
        using var sessions = ModelSessions.Load(bundle, precision: PrecisionSet.FullName);
        using var encoder = new ImageEncoder(sessions.Encoder, manifest.Decoder, image);
        int memory = sessions.Encoder.Outputs.ToList().FindIndex(output => output.Name == TensorNames.Memory);
        if (memory < 0)
            return null;
        float greatest = 0;
        foreach (var photo in photos.Take(PhotosLookedAt))
        {
            byte[] rgb = PhotoReader.Decode(photo.Path, image.Size, Enum.Parse<PhotoFit>(image.Fit.ToString()));
            greatest = Math.Max(greatest, encoder.Encode(rgb).Outputs[memory].Max(MathF.Abs));
        }

        return greatest;
    }
}
