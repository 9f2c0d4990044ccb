using System.Diagnostics.Metrics;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Catalog;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>Counts how often a repeated image was found in a model's cache.</summary>
internal static class CacheMeter
{
    public static void Observe(IServiceProvider services)
    {
        var catalog = services.GetRequiredService<ModelCatalog>();
        var meter = services.GetRequiredService<IMeterFactory>().Create("RnnServe");
        meter.CreateObservableCounter(
            "rnnserve.image_cache.hits", () => Measure(counts => counts.Hits), "{image}", "Images that came again and were in the cache.");
        meter.CreateObservableCounter(
            "rnnserve.image_cache.misses", () => Measure(counts => counts.Misses), "{image}", "Images that were not in the cache.");
        meter.CreateObservableGauge(
            "rnnserve.image_cache.size", () => Measure(counts => counts.Bytes), "By", "Memory that the cache takes.");

        IEnumerable<Measurement<long>> Measure(Func<FeatureCacheCounts, long> count) =>
            from entry in catalog.Entries
            from served in entry.Served
            where served.Handle.Model is Captioner
            let name = new KeyValuePair<string, object?>("model", entry.Name)
            let version = new KeyValuePair<string, object?>("version", served.Name)
            select new Measurement<long>(count(((Captioner)served.Handle.Model).Cache), name, version);
    }
}
