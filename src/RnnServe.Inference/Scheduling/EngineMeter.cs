using System.Diagnostics.Metrics;

namespace RnnServe.Inference.Scheduling;

/// <summary>What a worker pool measures of all its models. Where nobody listens, recording costs nothing.</summary>
/// <remarks>Units and names are OpenTelemetry's: seconds, and what is counted in braces.</remarks>
internal sealed class EngineMeter : IDisposable
{
    private readonly Meter? own;

    /// <param name="given">Null: one of its own, named as the server's.</param>
    public EngineMeter(Meter? given)
    {
        var meter = given ?? (own = new Meter("RnnServe"));
        double[] waits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
        QueueWait = Seconds(meter, "rnnserve.queue.wait", "From a job's admission until a worker took it.", waits);
        FirstToken = Seconds(
            meter, "rnnserve.time_to_first_token", "From a job's admission until its first decoder step was over.", waits);
        Step = Seconds(
            meter, "rnnserve.step.duration", "One step of a batch: of decoder and search, or the run of a graph that is run once.",
            [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 1]);
        ImageDecoding = Seconds(
            meter, "rnnserve.image.decode.duration", "Decoding and scaling one image; those found in the cache are left out.",
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]);
        BatchRows = meter.CreateHistogram(
            "rnnserve.batch.rows", "{row}", "Rows that one step of a batch advanced.", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 40, 80, 160, 320] });
        LiveRows = meter.CreateUpDownCounter<int>("rnnserve.rows.live", "{row}", "Rows of the sentences that workers decode now.");
        Positions = meter.CreateCounter<long>(
            "rnnserve.batch.positions", "{position}", "Rows times the longest source of the batch, summed over its steps.");
        Padding = meter.CreateCounter<long>(
            "rnnserve.batch.padding", "{position}", "Positions behind the end of a row's own source, or of rows without a hypothesis.");
        SourceTokens = meter.CreateCounter<long>("rnnserve.tokens.source", "{token}", "Source tokens of answers, canaries' included.");
        TargetTokens = meter.CreateCounter<long>("rnnserve.tokens.target", "{token}", "Tokens of best outputs, canaries' included.");
    }

    public Histogram<double> QueueWait { get; }

    public Histogram<double> FirstToken { get; }

    public Histogram<double> Step { get; }

    public Histogram<double> ImageDecoding { get; }

    public Histogram<int> BatchRows { get; }

    public UpDownCounter<int> LiveRows { get; }

    public Counter<long> Positions { get; }

    public Counter<long> Padding { get; }

    public Counter<long> SourceTokens { get; }

    public Counter<long> TargetTokens { get; }

    public void Dispose() => own?.Dispose();

    private static Histogram<double> Seconds(Meter meter, string name, string description, double[] boundaries) => meter.CreateHistogram(
        name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
