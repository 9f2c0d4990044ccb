using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Export;

/// <summary>Makes the next version of a bundle: measured, with a canary, in both precisions, and loaded once as a server does.</summary>
/// <param name="judge">Measures the bundle.</param>
/// <param name="progress">Told what was done and measured.</param>
internal sealed class BundleExporter(PrecisionJudge judge, ProgressReport progress)
{
    /// <summary>Whether the fp32 graphs are left out where the 8-bit ones are the default.</summary>
    public bool Int8Alone { get; init; }

    /// <summary>Makes the folder, which appears complete or not at all.</summary>
    /// <param name="models">Folder of all bundles.</param>
    /// <param name="canary">The canary's input.</param>
    /// <param name="steps">Optimizer steps behind the weights.</param>
    /// <param name="create">Makes the bundle of what is known about it.</param>
    /// <param name="card">Likewise its model card.</param>
    /// <returns>The version's folder.</returns>
    public string Export(string models, string canary, long steps, Func<BundleFacts, BundleContent> create, Func<BundleFacts, string> card)
    {
        var facts = new BundleFacts { Steps = steps };
        return BundleVersions.Next(models, create(facts).Manifest.Name, partial =>
        {
            BundleWriter.Write(partial, create(facts), null);
            var measured = judge.Measure(partial, PrecisionSet.FullName);
            facts = facts with { Metrics = measured.Metrics, Canary = CanaryRecorder.Record(partial, canary) };
            BundleWriter.Write(partial, create(facts), card(facts));
            BundleQuantizer.Quantize(partial, judge, progress, measured);
            if (Int8Alone)
                FullPrecision.LeaveOut(partial, progress);
            var loaded = KindLoader.LoadAsync<IModel>(null, partial, new BatchingOptions()).GetAwaiter().GetResult();
            loaded.DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
    }
}
