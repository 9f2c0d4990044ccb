using System.Diagnostics.Metrics;
using RnnServe.Inference.Kinds;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Catalog;

/// <summary>What is seen of the models from outside, whenever somebody looks.</summary>
internal static class ModelGauges
{
    public static void Observe(IServiceProvider services)
    {
        var catalog = services.GetRequiredService<ModelCatalog>();
        var meter = services.GetRequiredService<IMeterFactory>().Create(TelemetryServices.Name);
        meter.CreateObservableGauge(
            "rnnserve.ready",
            () => IsReady() ? 1 : 0,
            unit: null,
            "1 while GET /health/ready answers 200. It is there without any model too.");
        meter.CreateObservableGauge(
            "rnnserve.model.ready",
            Ready,
            unit: null,
            "1 for a model that serves, 0 for one that is loading or has failed; none for one that was unloaded.");
        meter.CreateObservableGauge(
            "rnnserve.queue.depth", () => Measure(model => model.Queued), "{job}", "Sentences, texts or images that wait for a worker.");
        meter.CreateObservableGauge(
            "rnnserve.batch.limit", () => Measure(model => model.MaxRows), "{row}", "Rows that one worker steps at once at most.");

        bool IsReady() => Readiness.Fault(catalog, services.GetRequiredService<IHostApplicationLifetime>()) is null;

        IEnumerable<Measurement<int>> Ready() =>
            from entry in catalog.Entries
            where entry.State != ModelState.Unloaded
            let name = new KeyValuePair<string, object?>("model", entry.Name)
            select new Measurement<int>(entry.State == ModelState.Ready ? 1 : 0, name);

        IEnumerable<Measurement<int>> Measure(Func<IModel, int> value) =>
            from entry in catalog.Entries
            from served in entry.Served
            select new Measurement<int>(
                value(served.Handle.Model),
                new("task", entry.Kind!.Task),
                new("model", entry.Name),
                new KeyValuePair<string, object?>("version", served.Name));
    }
}
