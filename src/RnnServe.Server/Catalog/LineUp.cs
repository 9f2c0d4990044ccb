using RnnServe.Inference.Kinds;

namespace RnnServe.Server.Catalog;

/// <summary>The versions of a model that are to answer, gathered from the newest down, with what is wrong with others.</summary>
/// <param name="before">What is known of the model so far.</param>
/// <param name="share">Percent of the requests for the newest version, which takes two versions; 0 for one version.</param>
/// <param name="kindOf">What a model does.</param>
internal sealed class LineUp(CatalogEntry before, int share, Func<IModel, ModelKind> kindOf)
{
    private readonly List<ServedVersion> found = [];
    private readonly List<string> faults = [];
    private int? highestTried;

    public bool IsComplete => found.Count == (share > 0 ? 2 : 1);

    /// <summary>Notes what is wrong with a version.</summary>
    /// <returns>Whether it is news.</returns>
    public bool Fault(int version, string message)
    {
        highestTried ??= version;
        faults.Add($"Version {version}: {message}");
        return before.Reason?.Contains(faults[^1], StringComparison.Ordinal) != true;
    }

    /// <summary>Adds the next lower version.</summary>
    /// <returns>Why it cannot answer beside the newest; null where it can.</returns>
    public async Task<string?> AddAsync(ServedVersion version)
    {
        if (found is [var newest] && Difference(newest.Handle.Model, version.Handle.Model) is { } difference)
        {
            await RetireNewAsync([version]);
            return $"It is {difference} as version {newest.Number}, so that it cannot share the requests.";
        }

        found.Add(version);
        return null;
    }

    /// <summary>Unloads what came anew.</summary>
    public Task DropAsync() => RetireNewAsync(found);

    /// <summary>What is to be known of the model from now on.</summary>
    public CatalogEntry ToEntry()
    {
        string? reason = faults.Count > 0 ? string.Join(" ", faults) : null;
        if (found.Count == 0)
            return before with { State = ModelState.Failed, Version = highestTried, Reason = reason };
        var answering = found[^1];
        return new CatalogEntry(before.Name)
        {
            State = ModelState.Ready,
            Version = answering.Number,
            Handle = answering.Handle,
            Kind = kindOf(answering.Handle.Model),
            Canary = found.Count > 1 ? CanaryOf(found[0]) : null,
            Reason = reason,
            CameLater = before.CameLater,
        };
    }

    /// <summary>One that stays goes on counting where it was.</summary>
    private CanaryVersion CanaryOf(ServedVersion newest) =>
        before.Canary is { } same && same.Served.Handle == newest.Handle && same.Percent == share ? same : new(newest, share);

    private Task RetireNewAsync(IEnumerable<ServedVersion> versions) => Task.WhenAll(versions
        .Where(version => !before.Served.Any(loaded => loaded.Handle == version.Handle))
        .Select(version => version.Handle.RetireAsync()));

    private string? Difference(IModel newest, IModel other)
    {
        string pair = Pair(newest);
        return kindOf(newest) == kindOf(other) && pair == Pair(other) ? null : $"for {Pair(other)}, not for {pair}";
    }

    private string Pair(IModel model)
    {
        var languages = model.Bundle.Manifest.Languages;
        return kindOf(model).Pair(languages.Source, languages.Target);
    }
}
