using RnnServe.Inference.Bundles;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Labelled texts, judged by accuracy: the first set decides.</summary>
/// <param name="sets">Validation texts, then those that are only measured.</param>
/// <param name="progress">Told the scores.</param>
internal sealed class ClassifyJudge(IReadOnlyList<LabelledSet> sets, ProgressReport progress) : PrecisionJudge
{
    /// <summary>What the last measurement found: the labels of each set.</summary>
    public IReadOnlyList<Confusion> Confusions { get; private set; } = [];

    public override MeasuredBundle Measure(string bundle, string precision)
    {
        Confusions =
        [
            .. sets.Select(set => set.Compare(BundleClassifier.LabelsAsync(bundle, set, precision).GetAwaiter().GetResult())),
        ];
        foreach (var (set, confusion) in sets.Zip(Confusions))
            progress.Say($"{set.Name}, {precision}: {ConfusionReport.Summary(confusion)}");
        var metrics = sets.Zip(Confusions).SelectMany(found => Metrics(found.First, found.Second, precision));
        return new(100 * Confusions[0].Accuracy, [.. metrics]);
    }

    public override GraphFiles? Quantize(GraphFiles full, Func<string, string?> quantize) =>
        quantize(full.Encoder) is { } encoder ? full with { Encoder = encoder } : null;

    private static IEnumerable<MetricManifest> Metrics(LabelledSet set, Confusion confusion, string precision)
    {
        string texts = Invariant($"{Name(precision)}{confusion.Total} texts");
        yield return Metric("accuracy", confusion.Accuracy);
        yield return Metric("macro F1", confusion.MacroF1);

        MetricManifest Metric(string name, double share) =>
            new() { DataSet = set.Name, Method = $"{name} in percent, {texts}", Value = Math.Round(100 * share, 2) };
    }
}
