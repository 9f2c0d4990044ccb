using Microsoft.Extensions.Options;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Bounds what the uploads of all requests take in memory together. Thread-safe.</summary>
internal sealed class UploadBudget(IOptions<LimitsOptions> limits)
{
    private long used;

    /// <summary>Bytes of uploads in memory now.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Takes room for bytes that have come.</summary>
    /// <exception cref="ApiException">429: there is none.</exception>
    public void Take(int bytes)
    {
        var most = limits.Value.MaxUploadBytesTotal;
        var now = Interlocked.Add(ref used, bytes);
        if (now <= most)
            return;

        Return(bytes);
        throw ApiException.NoRoom(
            $"The uploads of all requests take {now - bytes} bytes; {bytes} more would exceed the limit of {most}.", limits.Value);
    }

    /// <summary>Gives room back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref used, -bytes);
}
