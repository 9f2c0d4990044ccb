using RnnServe.Inference.Bundles;

namespace RnnServe.Benchmarks;

/// <summary>What all measurements of the engine share.</summary>
/// <param name="Report">Where results go.</param>
/// <param name="Bundle">The model.</param>
/// <param name="Sentences">What it translates.</param>
internal sealed record EngineRun(Report Report, ModelBundle Bundle, string[] Sentences)
{
    public required int Beam { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Numbers of callers, rising; the last ones keep every worker busy.</summary>
    public IReadOnlyList<int> Callers { get; init; } = [1];

    /// <summary>How long each measurement lasts.</summary>
    public required double Seconds { get; init; }

    /// <summary>The precisions that the bundle has.</summary>
    public IReadOnlyList<string> Precisions { get; } = [.. PrecisionSet.Names.Where(name => Bundle.Manifest.Graphs.Of(name) is not null)];

    /// <summary>Requests of one sentence each.</summary>
    public IReadOnlyList<string[]> Singles { get; } = TextRequests.Of(Sentences, 1);

    public Task<Engine> LoadAsync(string precision, Strategy strategy, int queue = 1_000_000) =>
        Engine.LoadAsync(Bundle, precision, strategy, Beam, queue);

    /// <summary>A load over what an engine or a server answers.</summary>
    public Load Load(Ask ask) => new(ask, Seconds);
}
