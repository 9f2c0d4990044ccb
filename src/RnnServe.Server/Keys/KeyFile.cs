using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>Reads and changes the file of keys.</summary>
internal static class KeyFile
{
    private const int LongestSalt = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="InvalidDataException">It is not a file of keys.</exception>
    public static IReadOnlyList<KeyEntry> Parse(ReadOnlySpan<byte> json)
    {
        IReadOnlyList<KeyEntry> keys;
        try
        {
            keys = JsonSerializer.Deserialize(json, KeyJson.File.KeyList)?.Keys ?? throw new InvalidDataException("it is null");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException(malformed.Message, malformed);
        }

        foreach (var (place, key) in keys.Index())
        {
            if (Fault(key) is { } fault)
                throw new InvalidDataException($"keys[{place}]: {fault}");
        }

        if (keys.GroupBy(key => key.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidDataException($"The id '{twice.Key}' is there more than once.");
        return keys;
    }

    /// <summary>Changes the file, which appears complete or not at all; of several changes at the same time none is lost. Who may read it
    /// still may.</summary>
    /// <param name="path">The file or a link to it; neither it nor its folder need exist.</param>
    /// <param name="change">Changes the keys.</param>
    /// <exception cref="InvalidDataException">It is not a file of keys.</exception>
    /// <exception cref="IOException">It cannot be written, or others change it all the time.</exception>
    public static void Change(string path, Action<List<KeyEntry>> change)
    {
        // A file in the place of the link would be one that others do not look at.
        path = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var alone = Lock(path + ".lock");
        var keys = File.Exists(path) ? Parse(File.ReadAllBytes(path)).ToList() : [];
        change(keys);
        string part = path + ".new";
        using (var file = new FileStream(part, OwnersOnly(FileMode.Create)))
        {
            JsonSerializer.Serialize(file, new() { Keys = keys }, KeyJson.File.KeyList);
            file.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            FileOwner.Copy(path, part);
            File.SetUnixFileMode(part, File.GetUnixFileMode(path));
        }

        File.Move(part, path, overwrite: true);
    }

    /// <summary>The lock's file stays: who deletes it could take it from somebody who waits.</summary>
    private static FileStream Lock(string path)
    {
        for (long start = Stopwatch.GetTimestamp(); ; Thread.Sleep(20))
        {
            try
            {
                return new FileStream(path, OwnersOnly(FileMode.OpenOrCreate));
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && Stopwatch.GetElapsedTime(start) < Patience)
            {
                // Somebody has it.
            }
        }
    }

    private static FileStreamOptions OwnersOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>What the types do not say; JSON may have null in the place of an element.</summary>
    private static string? Fault(KeyEntry? key)
    {
        if (key is null || key.Scopes.Any(scope => scope is null))
            return "a key or a scope is null.";
        if (key.Hash.Length != SHA256.HashSizeInBytes || key.Salt.Length > LongestSalt)
            return $"hash must have {SHA256.HashSizeInBytes} bytes, and salt at most {LongestSalt}.";
        if (key.Priority is not (Caller.Interactive or Caller.Bulk))
            return $"priority is '{key.Priority}', but must be {Caller.Interactive} or {Caller.Bulk}.";
        foreach (var (unit, limit) in key.Quotas?.Limits ?? [])
        {
            if (limit < 1)
                return $"the quota of {unit.ToString().ToLowerInvariant()} is {limit}, but must be at least 1.";
        }

        return null;
    }
}
