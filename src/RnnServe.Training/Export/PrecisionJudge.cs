using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Export;

/// <summary>What a bundle scored.</summary>
/// <param name="Score">What decides between precisions.</param>
/// <param name="Metrics">For the manifest.</param>
internal sealed record MeasuredBundle(double Score, IReadOnlyList<MetricManifest> Metrics);

/// <summary>Data that bundles of one kind are measured on.</summary>
internal abstract class PrecisionJudge
{
    /// <summary>Scores of a bundle with its own defaults.</summary>
    /// <param name="bundle">The version's folder.</param>
    /// <param name="precision">Which graphs.</param>
    public abstract MeasuredBundle Measure(string bundle, string precision);

    /// <summary>Has those of a bundle's graphs quantised that gain by it.</summary>
    /// <param name="full">Paths of the fp32 graphs.</param>
    /// <param name="quantize">Quantises one: the path of the 8-bit graph, or null where no product's rows have a bound.</param>
    /// <returns>Paths of the 8-bit graphs and of those that stay; null where there is nothing to gain.</returns>
    public abstract GraphFiles? Quantize(GraphFiles full, Func<string, string?> quantize);

    /// <summary>Bounds that the graphs do not carry, but that the encoder keeps on the data.</summary>
    public virtual IReadOnlyDictionary<string, double> MeasureBounds(ModelBundle bundle) => new Dictionary<string, double>();

    /// <summary>As a metric names its search: nothing for fp32, which was the only one once.</summary>
    protected static string Name(string precision) => precision == PrecisionSet.FullName ? "" : $"{precision}, ";
}
