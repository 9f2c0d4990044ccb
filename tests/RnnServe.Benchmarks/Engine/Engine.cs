using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>A translation model with its workers in this process.</summary>
internal sealed class Engine(Translator translator, int beam) : IAsyncDisposable
{
    private readonly SearchOptions options = new() { BeamSize = beam };

    /// <param name="bundle">The model.</param>
    /// <param name="precision">One that it has.</param>
    /// <param name="strategy">How sentences share the workers.</param>
    /// <param name="beam">Hypotheses kept.</param>
    /// <param name="queue">Sentences that may wait.</param>
    public static async Task<Engine> LoadAsync(ModelBundle bundle, string precision, Strategy strategy, int beam, int queue = 1_000_000)
    {
        var load = new LoadOptions { Precision = precision };
        return new(await Translator.LoadAsync(bundle.Folder, strategy.Options(beam, queue), load), beam);
    }

    /// <summary>Asks for a number's texts, over and over.</summary>
    public Ask Ask(IReadOnlyList<string[]> requests) => async (number, stop) =>
    {
        try
        {
            await translator.TranslateAsync(requests[number % requests.Count], options, stop);
            return Load.Answered;
        }
        catch (QueueFullException)
        {
            return Load.Refused;
        }
    };

    public async Task<Translation> TranslateAsync(string text, CancellationToken stop) =>
        (await translator.TranslateAsync([text], options, stop))[0];

    public ValueTask DisposeAsync() => translator.DisposeAsync();
}
