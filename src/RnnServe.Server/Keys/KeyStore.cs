using System.Collections.Frozen;
using Microsoft.Win32.SafeHandles;

namespace RnnServe.Server.Keys;

/// <summary>The keys of the file, read again whenever it changes.</summary>
internal sealed partial class KeyStore(
    IOptions<KeysOptions> options, IHostEnvironment host, TimeProvider time, ILogger<KeyStore> logger) : BackgroundService
{
    /// <summary>How often the file is looked at. A watcher would be told sooner, but not on every file system, and not of a file that is
    /// mounted into a container and replaced by a link.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private FrozenDictionary<string, KeyEntry> keys = FrozenDictionary<string, KeyEntry>.Empty;
    private FileState? seen;

    private string Path => System.IO.Path.Combine(host.ContentRootPath, options.Value.File!);

    /// <summary>The entry of a key; null: there is none. Takes no lock.</summary>
    public KeyEntry? Find(ReadOnlySpan<char> text) =>
        KeyText.TrySplit(text, out var id, out var secret)
        && Volatile.Read(ref keys).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry)
        && KeyText.Matches(entry, secret)
            ? entry
            : null;

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="OptionsValidationException">It cannot be read.</exception>
    public void Load()
    {
        if (!options.Value.HasFile)
            return;
        try
        {
            using var file = File.OpenHandle(Path, options: FileOptions.SequentialScan);
            seen = FileState.Of(file);
            keys = Read(file);
        }
        catch (Exception e) when (IsExpected(e))
        {
            string message = $"Keys:File cannot be used: {e.Message} 'RnnServe.Server keys add' writes such a file.";
            throw new OptionsValidationException(nameof(KeysOptions), typeof(KeysOptions), [message]);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.HasFile)
            return;
        using var clock = new PeriodicTimer(Interval, time);
        while (await clock.WaitForNextTickAsync(stoppingToken))
            Refresh();
    }

    /// <summary>What cannot be read, or only in part, changes nothing, and is tried again when it has changed.</summary>
    private void Refresh()
    {
        FileState? state = null;
        try
        {
            using var file = File.OpenHandle(Path, options: FileOptions.SequentialScan);
            state = FileState.Of(file);
            if (state == seen)
                return;
            var read = Read(file);
            Volatile.Write(ref keys, read);
            LogRead(read.Count);
        }
        catch (Exception e) when (IsExpected(e))
        {
            if (state != seen)
                LogUnreadable(e.Message);
        }

        seen = state;
    }

    private static FrozenDictionary<string, KeyEntry> Read(SafeFileHandle file)
    {
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int read = RandomAccess.Read(file, content, fileOffset: 0);
        return KeyFile.Parse(content.AsSpan(0, read)).ToFrozenDictionary(key => key.Id, StringComparer.Ordinal);
    }

    private static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or InvalidDataException;

    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "The file of keys has changed: {Count} keys.")]
    private partial void LogRead(int count);

    [LoggerMessage(
        EventId = 21,
        Level = LogLevel.Error,
        Message = "The file of keys cannot be read, so that the keys known before it stay in force: {Reason}")]
    private partial void LogUnreadable(string reason);

    /// <summary>By the open file, not by its name: a link to another file has neither its time nor its length.</summary>
    private sealed record FileState(DateTime Written, long Length)
    {
        public static FileState Of(SafeFileHandle file) => new(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
    }
}
