using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;

namespace RnnServe.Server.Catalog;

/// <summary>Chooses the versions of a model that answer: the highest valid one or, with a share for the newest, the highest two.</summary>
internal sealed partial class VersionChooser(
    ModelFolders folders, VersionOpener opener, ModelCatalog catalog, ILogger<VersionChooser> logger)
{
    private const string NoVersion = "The folder has no version folder: one named by a positive integer that holds model.json.";

    /// <summary>What answers goes on answering, though its files are gone or damaged, until a higher version is valid or its own folder
    /// has another one that is.</summary>
    /// <param name="before">What is known of the model.</param>
    /// <param name="share">Percent of the requests for the newest version; 0 for one version.</param>
    /// <param name="stop">Ends the work.</param>
    /// <returns>What is to be known of it from now on.</returns>
    public Task<CatalogEntry> ChooseAsync(CatalogEntry before, int share, CancellationToken stop)
    {
        var onDisk = OnDisk(before.Name);
        var loaded = before.Served.ToDictionary(version => version.Number);
        if (onDisk.Count + loaded.Count == 0)
            throw new InvalidDataException(NoVersion);
        var lineUp = new LineUp(before, share, opener.KindOf);
        return FillAsync(lineUp, before.Name, onDisk.Keys.Union(loaded.Keys), number => loaded.TryGetValue(number, out var version)
            ? KeepAsync(lineUp, before.Name, version, onDisk.GetValueOrDefault(number), stop)
            : OpenAsync(before.Name, number, onDisk[number], stop));
    }

    /// <summary>Opens what the folder has now, though it be loaded already or lower than what is.</summary>
    /// <inheritdoc cref="ChooseAsync" path="/param|/returns"/>
    /// <exception cref="InvalidDataException">The newest version is invalid.</exception>
    public async Task<CatalogEntry> RenewAsync(CatalogEntry before, int share, CancellationToken stop)
    {
        var onDisk = OnDisk(before.Name);
        if (onDisk.Count == 0)
            throw new InvalidDataException(NoVersion);
        int newest = onDisk.Keys.Max();
        var loaded = before.Served.ToDictionary(version => version.Number);
        var lineUp = new LineUp(before, share, opener.KindOf);
        try
        {
            await lineUp.AddAsync(await OpenAsync(before.Name, newest, onDisk[newest], stop));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (lineUp.Fault(newest, fault.Message))
                LogRefused(before.Name, newest, fault.Message);
            throw new InvalidDataException($"Version {newest}: {fault.Message}", fault);
        }

        return await FillAsync(lineUp, before.Name, onDisk.Keys.Union(loaded.Keys).Where(number => number < newest), FindAsync);

        // What a share of the requests is left to answers though its files are gone or damaged.
        Task<ServedVersion> FindAsync(int number) => loaded.TryGetValue(number, out var version)
            ? KeepAsync(lineUp, before.Name, version, onDisk.GetValueOrDefault(number), stop)
            : OpenAsync(before.Name, number, onDisk[number], stop);
    }

    private async Task<CatalogEntry> FillAsync(LineUp lineUp, string name, IEnumerable<int> numbers, Func<int, Task<ServedVersion>> find)
    {
        try
        {
            foreach (int number in numbers.OrderDescending().TakeWhile(_ => !lineUp.IsComplete))
            {
                if (await FaultAsync(number) is { } fault && lineUp.Fault(number, fault))
                    LogRefused(name, number, fault);
            }

            return lineUp.ToEntry();
        }
        catch
        {
            await lineUp.DropAsync();
            throw;
        }

        async Task<string?> FaultAsync(int number)
        {
            try
            {
                return await lineUp.AddAsync(await find(number));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                return fault.Message;
            }
        }
    }

    /// <summary>A version that is loaded, or what has taken its place in its folder.</summary>
    private async Task<ServedVersion> KeepAsync(LineUp lineUp, string name, ServedVersion loaded, string? folder, CancellationToken stop)
    {
        string fault = "Its folder is gone.";
        try
        {
            if (folder is not null && !IsSame(loaded, folder))
                return await OpenAsync(name, loaded.Number, folder, stop);
            if (folder is not null)
            {
                BundleReader.Load(folder);
                return loaded;
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            fault = error.Message;
        }

        if (lineUp.Fault(loaded.Number, fault))
            LogKept(name, loaded.Number, fault);
        return loaded;
    }

    /// <summary>Where other models answer already, a new version must not be the slower one.</summary>
    private Task<ServedVersion> OpenAsync(string name, int version, string folder, CancellationToken stop) =>
        opener.OpenAsync(name, version, folder, warm: catalog.Settled.IsCompleted, stop);

    private Dictionary<int, string> OnDisk(string name) => Directory.Exists(folders.Of(name))
        ? ModelBundle.Versions(folders.Of(name)).ToDictionary(version => version.Version, version => version.Folder)
        : [];

    private static bool IsSame(ServedVersion loaded, string folder) =>
        loaded.Handle.Model.Bundle.ManifestSha256 == BundleReader.ManifestSha256(folder);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Model {Name} version {Version} is not served: {Reason}")]
    private partial void LogRefused(string name, int version, string reason);

    [LoggerMessage(
        EventId = 11,
        Level = LogLevel.Error,
        Message = "Model {Name} version {Version} goes on answering, but not from its folder: {Reason}")]
    private partial void LogKept(string name, int version, string reason);
}
