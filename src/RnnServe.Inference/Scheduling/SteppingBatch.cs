using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>Sentences that one decoder steps together: they join and leave between any two steps.</summary>
/// <param name="createDecoder">Makes the decoder, on the worker's thread.</param>
/// <param name="clock">Measures times.</param>
/// <param name="meter">Told what is measured; null: nobody is.</param>
internal sealed class SteppingBatch(Func<IDecoder> createDecoder, TimeProvider clock, ModelMeter? meter = null) : IBatch
{
    private readonly Dictionary<ISearch, DecodeJob> live = [];
    private readonly List<DecodeJob> newcomers = [];
    private IDecoder? decoder;
    private SearchRows? rows;
    private int counted;

    public int Jobs => live.Count;

    public int Width => live.Count == 0 ? 0 : rows!.Width;

    public bool IsWarm => decoder is not null;

    public void Add(Job job)
    {
        var sentence = (DecodeJob)job;
        sentence.TakenAt = clock.GetTimestamp();
        meter?.Took(clock.GetElapsedTime(sentence.AdmittedAt, sentence.TakenAt));
        live.Add(sentence.Search, sentence);
        newcomers.Add(sentence);
    }

    public void DropGone()
    {
        // A loop, as LINQ would allocate in every step.
        bool gone = false;
        foreach (var job in live.Values)
            gone |= job.IsOver;
        if (!gone)
            return;
        foreach (var sentence in rows!.Drop(sentence => live[sentence].IsOver))
            live.Remove(sentence);
        CountRows();
    }

    public void Step()
    {
        if (live.Count == 0)
            return;
        if (newcomers.Count > 0)
            Start();
        foreach (var (sentence, error) in Advance())
        {
            live.Remove(sentence, out var job);
            if (error is null)
                Complete(job!);
            else
                job!.Fail(error);
        }

        foreach (var job in live.Values)
            job.Tell();
        CountRows();
    }

    public void FailAll(Exception error)
    {
        foreach (var job in live.Values)
            job.Fail(error);
        live.Clear();
        newcomers.Clear();
        Release();
        CountRows();
    }

    public void Release()
    {
        decoder?.Dispose();
        (decoder, rows) = (null, null);
    }

    private void Start()
    {
        rows ??= new SearchRows(decoder = createDecoder());
        foreach (var run in EncoderRuns.Of(newcomers))
            rows.Add(run.ConvertAll(job => job.Search));
        long encoded = clock.GetTimestamp();
        foreach (var job in newcomers)
            job.EncodedAt = encoded;
    }

    /// <summary>One step of all sentences, the newcomers' first one.</summary>
    private IReadOnlyList<(ISearch Sentence, Exception? Error)> Advance()
    {
        if (meter is { IsWanted: true })
            return Measure(meter);
        newcomers.Clear();
        return rows!.Step();
    }

    private IReadOnlyList<(ISearch Sentence, Exception? Error)> Measure(ModelMeter meter)
    {
        var work = rows!.Work();
        long start = clock.GetTimestamp();
        var left = rows.Step();
        long end = clock.GetTimestamp();
        meter.Stepped(clock.GetElapsedTime(start, end), work);
        foreach (var job in newcomers)
            meter.Began(clock.GetElapsedTime(job.AdmittedAt, end));
        newcomers.Clear();
        return left;
    }

    private void Complete(DecodeJob job)
    {
        job.Complete(clock);
        meter?.Answered(job.SourceTokens, job.TargetTokens);
    }

    private void CountRows()
    {
        int now = live.Count * Width;
        if (now != counted)
            meter?.AddLiveRows(now - counted);
        counted = now;
    }
}
