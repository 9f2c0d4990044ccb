using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>What the search found for one sentence.</summary>
/// <param name="Hypotheses">The n best, best first; at least one.</param>
/// <param name="Timing">Where the time went.</param>
internal sealed record DecodedSentence(IReadOnlyList<Hypothesis> Hypotheses, DecodeTiming Timing);

/// <summary>One sentence to decode.</summary>
/// <param name="search">The sentence's search.</param>
/// <param name="told">Told, on the worker's thread, the tokens that the best hypothesis begins with, as soon as they are certain, and all
/// of them at the end, with true; null: nobody is.</param>
internal sealed class DecodeJob(ISearch search, Action<int[], bool>? told = null)
    : Job<DecodedSentence>(search.Source.Length, search.Width)
{
    private int known;

    /// <summary>The sentence's search.</summary>
    public ISearch Search => search;

    public override bool IsEncodedAlone => search.Source.IsEncodedAlone;

    /// <summary>Tells what has become certain with the last step.</summary>
    public void Tell()
    {
        if (told is null || search.Agreed(known) is not { } tokens)
            return;
        known = tokens.Length;
        told(tokens, false);
    }

    protected override DecodedSentence ResultOf(DecodeTiming timing)
    {
        var hypotheses = search.Results();
        told?.Invoke(hypotheses[0].Tokens, true);
        return new(hypotheses, timing);
    }
}

/// <summary>Sentences that one decoder steps together: they join and leave between any two steps.</summary>
internal sealed class SteppingBatch(Func<IDecoder> createDecoder, TimeProvider clock) : IBatch
{
    private readonly Dictionary<ISearch, DecodeJob> live = [];
    private readonly List<DecodeJob> newcomers = [];
    private IDecoder? decoder;
    private SearchRows? rows;

    public int Jobs => live.Count;

    public int Width => live.Count == 0 ? 0 : rows!.Width;

    public bool IsWarm => decoder is not null;

    public void Add(Job job)
    {
        var sentence = (DecodeJob)job;
        sentence.TakenAt = clock.GetTimestamp();
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
    }

    public void Step()
    {
        if (live.Count == 0)
            return;
        if (newcomers.Count > 0)
            Start();
        foreach (var (sentence, error) in rows!.Step())
        {
            live.Remove(sentence, out var job);
            if (error is null)
                job!.Complete(clock);
            else
                job!.Fail(error);
        }

        foreach (var job in live.Values)
            job.Tell();
    }

    public void FailAll(Exception error)
    {
        foreach (var job in live.Values)
            job.Fail(error);
        live.Clear();
        newcomers.Clear();
        Release();
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
        newcomers.Clear();
    }
}
