using StackExchange.Redis;

namespace RnnServe.Server.Keys;

/// <summary>The connection to Redis, and whether it answers.</summary>
internal sealed partial class RedisLink(IOptions<KeysOptions> options, TimeProvider time, ILogger<RedisLink> logger)
    : IHostedService, IAsyncDisposable
{
    /// <summary>Unless the setting says otherwise a request waits a second for a count at most, and the start two for Redis.</summary>
    private const string Defaults = "abortConnect=false,connectTimeout=2000,asyncTimeout=1000,";

    /// <summary>How long Redis is left alone once it did not answer, so that not every request waits for it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private ConnectionMultiplexer? connection;
    private long failed;
    private int isDown;

    /// <summary>The connection; null while Redis is left alone.</summary>
    public IConnectionMultiplexer? Connection =>
        Volatile.Read(ref isDown) == 0 || time.GetElapsedTime(Volatile.Read(ref failed)) > Pause ? connection : null;

    /// <summary>Whether an exception says that Redis does not count, rather than that there is a fault here.</summary>
    public static bool IsFailure(Exception e) => e is RedisException or TimeoutException;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.HasRedis)
            return;
        var configuration = ConfigurationOptions.Parse(Defaults + options.Value.Redis);
        // Without a connection a count fails at once, rather than after its time.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        if (!connection.IsConnected)
            Failed(nameof(ConnectionFailureType.UnableToConnect));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Says so once, until it answers again.</summary>
    /// <param name="reason">A word; messages of exceptions may have more in them than a log should.</param>
    public void Failed(string reason)
    {
        Volatile.Write(ref failed, time.GetTimestamp());
        if (Interlocked.Exchange(ref isDown, 1) == 0)
            LogDown(reason);
    }

    public void Answered()
    {
        if (Volatile.Read(ref isDown) == 1 && Interlocked.Exchange(ref isDown, 0) == 1)
            LogUp();
    }

    [LoggerMessage(
        EventId = 22,
        Level = LogLevel.Warning,
        Message = "Redis does not answer ({Reason}): until it does, this server counts quotas alone.")]
    private partial void LogDown(string reason);

    [LoggerMessage(EventId = 23, Level = LogLevel.Information, Message = "Redis answers again and counts the quotas.")]
    private partial void LogUp();
}
