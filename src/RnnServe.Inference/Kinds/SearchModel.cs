using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds;

/// <summary>A model whose outputs are searched token by token, whatever they are decoded from.</summary>
public abstract class SearchModel : QueuedModel
{
    private readonly TokenRules rules;

    /// <param name="sessions">The model; it is disposed with this.</param>
    /// <param name="target">The tokenizer of the output.</param>
    /// <param name="pool">The workers.</param>
    private protected SearchModel(ModelSessions sessions, Tokenizer target, WorkerPool pool)
        : base(sessions.Bundle, sessions.Precision, sessions, Open(sessions, pool))
    {
        Target = target;
        rules = TokenRules.Of(Search.Decoder, target);
        Banned = Search.Decoding.NeverProduce is { Count: > 0 } words ? new(words, target, Search.Decoder.EndId) : null;
    }

    /// <summary>The tokenizer of the output.</summary>
    private protected Tokenizer Target { get; }

    /// <summary>Words that no output has; null for none.</summary>
    private protected BannedWords? Banned { get; }

    private SearchManifest Search => (SearchManifest)Bundle.Manifest;

    /// <exception cref="ArgumentException">An option is outside the bundle's limits.</exception>
    private protected void Check(SearchOptions options)
    {
        if (options.Check(Search).FirstOrDefault() is { Field: { } field } error)
            throw new ArgumentException(error.ToString(), field);
    }

    /// <summary>Searches the outputs of sources, all of them admitted together or not at all; results in the same order.</summary>
    /// <param name="inputs">What they are decoded from.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one step.</param>
    /// <param name="told">Told, for a source by its number, what its best output begins with, and whether that is all of it.</param>
    /// <param name="reservation">Has their places in the queue; null: they have none yet.</param>
    private protected Task<IReadOnlyList<DecodedSentence>> DecodeAsync(
        IEnumerable<SearchInput> inputs,
        SearchOptions options,
        CancellationToken cancellation,
        Action<int, int[], bool>? told = null,
        Reservation? reservation = null) =>
        Queue.RunAsync<DecodedSentence>(
        [
            .. inputs.Select((input, number) => new DecodeJob(
                SearchOf(input, options), told is null ? null : (tokens, ended) => told(number, tokens, ended))),
        ], cancellation, reservation);

    private ISearch SearchOf(SearchInput input, SearchOptions options)
    {
        var decoding = options.For(Search, input.Source.Length, input.Beginning?.Tokens ?? 0);
        if (input.Beginning is { } beginning)
            decoding = decoding.With(beginning.Constraint);
        if (Banned is not null)
            decoding = decoding.With(new NeverProduced(Banned, decoding.MaxLength));
        return options.Sampling is { } sampling
            ? new SamplingSearch(input.Source, rules, decoding, sampling.For(input.Number, options.Alternatives + 1))
            : new BeamSearch(input.Source, rules, decoding);
    }

    private static RequestQueue Open(ModelSessions sessions, WorkerPool pool)
    {
        var meter = new ModelMeter(pool.Meter, sessions.Bundle);
        return pool.Open(
            Cost.Of(pool.Options, sessions.Precision, sessions.LeastWidth),
            () => new SteppingBatch(sessions.CreateDecoder, pool.Clock, meter));
    }
}
