using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Search;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Pairs of sentences, judged by cased BLEU.</summary>
/// <param name="pairs">Sources and references.</param>
/// <param name="dataSet">Their name.</param>
/// <param name="progress">Told the score.</param>
internal sealed class TranslationJudge(IReadOnlyList<SentencePair> pairs, string dataSet, ProgressReport progress) : PrecisionJudge
{
    public override MeasuredBundle Measure(string bundle, string precision)
    {
        var score = TranslationValidation.ScoreAsync(bundle, pairs, precision).GetAwaiter().GetResult();
        progress.Say(Invariant($"{dataSet}, {precision}: BLEU {score.Score:F2}"));
        int beam = ((SearchManifest)BundleReader.Load(bundle).Manifest).Decoding.BeamSize;
        string method = $"BLEU, {Name(precision)}beam {beam}, {score.Signature}";
        return new(score.Score, [new() { DataSet = dataSet, Method = method, Value = Math.Round(score.Score, 2) }]);
    }

    public override GraphFiles? Quantize(GraphFiles full, Func<string, string?> quantize) => quantize(full.Decoder!) is { } decoder
        ? full with { Decoder = decoder, Encoder = quantize(full.Encoder) ?? full.Encoder }
        : null;
}
