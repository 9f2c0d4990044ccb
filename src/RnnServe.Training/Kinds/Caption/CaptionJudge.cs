using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Search;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

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
        var decoding = ((SearchManifest)BundleReader.Load(bundle).Manifest).Decoding;
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

    // The encoder is a CNN, whose activations have no bound that its operators tell.
    public override GraphFiles? Quantize(GraphFiles full, Func<string, string?> quantize) =>
        quantize(full.Decoder!) is { } decoder ? full with { Decoder = decoder } : null;

    /// <summary>What exceeds the greatest number in the memory of some photos is cut.</summary>
    public override IReadOnlyDictionary<string, double> MeasureBounds(ModelBundle bundle)
    {
        var manifest = (CaptionManifest)bundle.Manifest;
        var image = manifest.Image;
        using var sessions = ModelSessions.Load(bundle, precision: PrecisionSet.FullName);
        using var encoder = new ImageEncoder(sessions.Encoder, manifest.Decoder, image);
        int memory = sessions.Encoder.Outputs.ToList().FindIndex(output => output.Name == TensorNames.Memory);
        if (memory < 0)
            return base.MeasureBounds(bundle);
        float greatest = 0;
        foreach (var photo in photos.Take(PhotosLookedAt))
        {
            byte[] rgb = PhotoReader.Decode(photo.Path, image.Size, Enum.Parse<PhotoFit>(image.Fit.ToString()));
            greatest = Math.Max(greatest, encoder.Encode(rgb).Outputs[memory].Max(MathF.Abs));
        }

        return new Dictionary<string, double> { [TensorNames.Memory] = greatest };
    }
}
