using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>Sentences of one class that a worker steps together, with their decoder. It belongs to the worker's thread.</summary>
internal sealed class DecodeBatch(Func<IDecoder> createDecoder, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<BeamSearch, DecodeJob> live = [];
    private readonly List<DecodeJob> newcomers = [];
    private IDecoder? decoder;
    private SearchRows? search;

    /// <summary>Sentences that are being decoded or join with the next step.</summary>
    public int Sentences => live.Count;

    /// <summary>Rows of each of them; 0 without any.</summary>
    public int Width => live.Count == 0 ? 0 : search!.Width;

    /// <summary>Gives the batch a sentence, which is encoded before the next step.</summary>
    public void Add(DecodeJob job)
    {
        job.TakenAt = clock.GetTimestamp();
        live.Add(job.Search, job);
        newcomers.Add(job);
    }

    /// <summary>Drops the sentences whose callers have gone. To be called before newcomers are added.</summary>
    public void DropGone()
    {
        // A loop, as LINQ would allocate in every step.
        bool gone = false;
        foreach (var job in live.Values)
            gone |= job.IsOver;
        if (!gone)
            return;
        foreach (var sentence in search!.Drop(sentence => live[sentence].IsOver))
            live.Remove(sentence);
    }

    /// <summary>Encodes the newcomers, takes one step and hands out what is over. Without sentences it does nothing.</summary>
    public void Step()
    {
        if (live.Count == 0)
            return;
        if (newcomers.Count > 0)
            Start();
        foreach (var (sentence, error) in search!.Step())
        {
            live.Remove(sentence, out var job);
            if (error is null)
                job!.Complete(clock);
            else
                job!.Fail(error);
        }
    }

    /// <summary>Fails all sentences; the next ones get a new decoder.</summary>
    public void FailAll(Exception error)
    {
        foreach (var job in live.Values)
            job.Fail(error);
        live.Clear();
        newcomers.Clear();
        search = null;
        decoder?.Dispose();
        decoder = null;
    }

    public void Dispose() => decoder?.Dispose();

    private void Start()
    {
        if (search is null)
        {
            decoder = createDecoder();
            search = new SearchRows(decoder);
        }

        foreach (var run in EncoderRuns())
            search.Add(run);
        long encoded = clock.GetTimestamp();
        foreach (var job in newcomers)
            job.EncodedAt = encoded;
        newcomers.Clear();
    }

    /// <summary>The newcomers, longest first; those of half the longest's length or less are encoded in another run, as encoding takes
    /// time for every position, those of the padding included.</summary>
    private IEnumerable<List<BeamSearch>> EncoderRuns()
    {
        var run = new List<BeamSearch>(newcomers.Count);
        foreach (var sentence in newcomers.Select(job => job.Search).OrderByDescending(sentence => sentence.Source.Length))
        {
            if (run.Count > 0 && 2 * sentence.Source.Length <= run[0].Source.Length)
            {
                yield return run;
                run = new List<BeamSearch>(newcomers.Count);
            }

            run.Add(sentence);
        }

        yield return run;
    }
}
