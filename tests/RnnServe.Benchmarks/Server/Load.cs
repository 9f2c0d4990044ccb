using System.Collections.Concurrent;
using System.Diagnostics;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>Sends the request of a number and gives the status of its answer, as HTTP counts them; 0: there was none.</summary>
internal delegate Task<int> Ask(int number, CancellationToken stop);

/// <summary>Asks for a while, whatever answers: an engine in this process or a server.</summary>
/// <param name="ask">Sends a request.</param>
/// <param name="seconds">How long answers are counted.</param>
internal sealed class Load(Ask ask, double seconds)
{
    /// <summary>Statuses that are told apart.</summary>
    public const int Answered = 200, Refused = 429, NoAnswer = 0;

    /// <summary>Answered, but not as before.</summary>
    public const int OtherAnswer = 1;

    private readonly ConcurrentBag<LoadAnswer> answers = [];
    private readonly Stopwatch clock = new();
    private int next = -1;

    /// <summary>Seconds before answers are counted.</summary>
    public double WarmUp { get; init; } = Math.Min(1, seconds);

    /// <summary>Requests after which it ends early.</summary>
    public int Most { get; init; } = int.MaxValue;

    private double Left => WarmUp + seconds - clock.Elapsed.TotalSeconds;

    /// <summary>A request of others that is always under way while a load runs.</summary>
    public static async Task<LoadResult> BesideAsync(Ask other, Func<Task<LoadResult>> load, CancellationToken stop)
    {
        bool over = false;
        var beside = Task.Run(
            async () =>
            {
                for (int number = 0; !Volatile.Read(ref over); number++)
                    await other(number, stop);
            },
            stop);
        var result = await load();
        Volatile.Write(ref over, true);
        await beside;
        return result;
    }

    /// <summary>Measures everything once in each round, so that what is compared takes turns.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="round">Measures, and says what it found.</param>
    /// <returns>The results, by what was measured.</returns>
    public static async Task<Dictionary<TKey, List<LoadResult>>> InRoundsAsync<TKey>(int rounds, Func<Action<TKey, LoadResult>, Task> round)
        where TKey : notnull
    {
        var results = new Dictionary<TKey, List<LoadResult>>();
        for (int i = 0; i < rounds; i++)
        {
            await round((key, result) =>
            {
                if (!results.TryAdd(key, [result]))
                    results[key].Add(result);
            });
        }

        return results;
    }

    /// <summary>Closed loop: each caller waits for its answer before it asks again.</summary>
    public async Task<LoadResult> ClosedAsync(int callers, CancellationToken stop)
    {
        clock.Start();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(
            async () =>
            {
                while (Left > 0 && Interlocked.Increment(ref next) is var number && number < Most)
                    await SendAsync(number, stop);
            },
            stop)));
        // It ends early after the most requests; the answers to the last ones come late.
        return new([.. answers], Math.Min(clock.Elapsed.TotalSeconds - WarmUp, seconds));
    }

    /// <summary>Open loop: requests arrive at random, as those of independent people do, whether the last ones are answered or not.</summary>
    /// <param name="perSecond">Mean rate of the Poisson process.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="UserException">The rate is 0: it was measured for too short a time.</exception>
    public async Task<LoadResult> OpenAsync(double perSecond, CancellationToken stop)
    {
        if (perSecond <= 0)
            throw new UserException("Not one request was answered in time: measure for more --seconds.");
        clock.Start();
        var random = new Random(1);
        var sent = new List<Task>();
        for (double due = 0; due < WarmUp + seconds; due += -Math.Log(1 - random.NextDouble()) / perSecond)
        {
            // A millisecond early or late does not matter; spinning until the moment would take a core from what is measured.
            if (due - clock.Elapsed.TotalSeconds is >= 0.001 and var wait)
                await Task.Delay(TimeSpan.FromSeconds(wait), stop);
            sent.Add(SendAsync(++next, stop));
        }

        await Task.WhenAll(sent);
        return new([.. answers], seconds);
    }

    private async Task SendAsync(int number, CancellationToken stop)
    {
        double start = clock.Elapsed.TotalSeconds;
        int status = await ask(number, stop);
        answers.Add(new LoadAnswer(start - WarmUp, clock.Elapsed.TotalSeconds - WarmUp, status));
    }
}

/// <summary>One answer.</summary>
/// <param name="Start">When it was asked for, in seconds after the warm-up.</param>
/// <param name="End">When it came.</param>
/// <param name="Status">As HTTP counts them.</param>
internal readonly record struct LoadAnswer(double Start, double End, int Status);

/// <summary>What was answered.</summary>
/// <param name="Answers">All answers, those of the warm-up and those that came late included.</param>
/// <param name="Seconds">How long they are counted.</param>
internal sealed record LoadResult(IReadOnlyList<LoadAnswer> Answers, double Seconds)
{
    /// <summary>Requests answered in a second: those whose answers came in time, whenever they were asked.</summary>
    public double Rate => Answers.Count(a => a.Status == Load.Answered && Counts(a.End)) / Seconds;

    /// <summary>Statuses that occurred, in rising order.</summary>
    public IEnumerable<int> Statuses => Answers.Select(a => a.Status).Distinct().Order();

    /// <summary>Requests with a status: those that were asked in time, however long they took.</summary>
    public int Count(int status) => Times(status).Count();

    /// <summary>Their milliseconds.</summary>
    public IEnumerable<double> Times(int status = Load.Answered) =>
        Answers.Where(a => a.Status == status && Counts(a.Start)).Select(a => (a.End - a.Start) * 1000);

    /// <summary>Milliseconds that a share of the answers do not exceed.</summary>
    public double Percentile(double share) => Measured.Percentile(Times(), share);

    private bool Counts(double time) => time >= 0 && time <= Seconds;
}
