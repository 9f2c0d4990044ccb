using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds;

/// <summary>A model whose outputs are searched token by token, whatever they are decoded from.</summary>
public abstract class SearchModel : QueuedModel
{
    private readonly TokenRules rules;
    private readonly BannedWords? banned;

    /// <param name="sessions">The model; it is disposed with this.</param>
    /// <param name="target">The tokenizer of the output.</param>
    /// <param name="pool">The workers.</param>
    private protected SearchModel(ModelSessions sessions, Tokenizer target, WorkerPool pool)
        : base(sessions.Bundle, sessions.Precision, sessions, Open(sessions, pool))
    {
        Target = target;
        rules = TokenRules.Of(Search.Decoder, target);
        banned = Search.Decoding.NeverProduce is { Count: > 0 } words ? new(words, target, Search.Decoder.EndId) : null;
    }

    /// <summary>The tokenizer of the output.</summary>
    private protected Tokenizer Target { get; }

    private SearchManifest Search => (SearchManifest)Bundle.Manifest;

    /// <exception cref="ArgumentException">An option is outside the bundle's limits.</exception>
    private protected void Check(SearchOptions options)
    {
        if (options.Check(Search).FirstOrDefault() is { Field: { } field } error)
            throw new ArgumentException(error.ToString(), field);
    }

    /// <summary>Searches the outputs of sources, all of them admitted together or not at all; results in the same order.</summary>
    /// <param name="sources">What they are decoded from.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one step.</param>
    /// <param name="told">Told, for a source by its number, what its best output begins with, and whether that is all of it.</param>
    private protected Task<IReadOnlyList<DecodedSentence>> DecodeAsync(
        IEnumerable<Source> sources, SearchOptions options, CancellationToken cancellation, Action<int, int[], bool>? told = null) =>
        Queue.RunAsync<DecodedSentence>(
        [
            .. sources.Select((source, number) => new DecodeJob(
                new BeamSearch(source, rules, OptionsOf(source, options)),
                told is null ? null : (tokens, ended) => told(number, tokens, ended))),
        ], cancellation);

    private DecodingOptions OptionsOf(Source source, SearchOptions options)
    {
        var decoding = options.For(Search, source.Length);
        return banned is null ? decoding : decoding.With(new NeverProduced(banned, decoding.MaxLength));
    }

    private static RequestQueue Open(ModelSessions sessions, WorkerPool pool) => pool.Open(
        Cost.Of(pool.Options, sessions.Precision, sessions.LeastWidth), () => new SteppingBatch(sessions.CreateDecoder, pool.Clock));
}
