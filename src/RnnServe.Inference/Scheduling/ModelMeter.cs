using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>What the workers measure of one model. Thread-safe; recording allocates nothing.</summary>
internal sealed class ModelMeter(EngineMeter engine, ModelBundle bundle)
{
    // Made once: a step must not make them anew.
    private readonly KeyValuePair<string, object?>[] tags =
    [
        new("task", bundle.Manifest.Task),
        new("model", bundle.Manifest.Name),
        new("version", Path.GetFileName(bundle.Folder)),
    ];

    /// <summary>Whether anybody wants to know of steps: what only they need is not computed otherwise.</summary>
    public bool IsWanted => engine.Step.Enabled;

    /// <summary>A worker took a job.</summary>
    public void Took(TimeSpan waited) => engine.QueueWait.Record(waited.TotalSeconds, tags);

    /// <summary>A job had its first step.</summary>
    /// <param name="since">Its admission.</param>
    public void Began(TimeSpan since) => engine.FirstToken.Record(since.TotalSeconds, tags);

    /// <summary>A batch took a step.</summary>
    /// <param name="took">How long it took.</param>
    /// <param name="work">What it computed with.</param>
    public void Stepped(TimeSpan took, StepWork work)
    {
        engine.Step.Record(took.TotalSeconds, tags);
        engine.BatchRows.Record(work.Rows, tags);
        engine.Positions.Add(work.Positions, tags);
        engine.Padding.Add(work.Padding, tags);
    }

    /// <summary>Rows came or went.</summary>
    public void AddLiveRows(int more) => engine.LiveRows.Add(more, tags);

    /// <summary>A job was answered.</summary>
    public void Answered(int sourceTokens, int targetTokens)
    {
        engine.SourceTokens.Add(sourceTokens, tags);
        engine.TargetTokens.Add(targetTokens, tags);
    }

    /// <summary>An image was decoded and scaled.</summary>
    public void DecodedImage(TimeSpan took) => engine.ImageDecoding.Record(took.TotalSeconds, tags);
}
