using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>Bounds what the uploads of all requests take in memory together. As in a queue, the owner of a key may have half of it, and no
/// more than is left free: others find room whatever one sends. Thread-safe.</summary>
internal sealed class UploadBudget(IOptions<LimitsOptions> limits)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> byCaller = [];
    private long used;

    /// <summary>Bytes of uploads in memory now.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Takes room for bytes that have come.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="caller">Whose; empty: nobody tells.</param>
    /// <param name="upload">Bytes of the same upload that have come before.</param>
    /// <exception cref="ApiException">429: there is none; 413: there never is.</exception>
    public void Take(int bytes, string caller, long upload)
    {
        int most = limits.Value.MaxUploadBytesTotal;
        lock (gate)
        {
            long own = byCaller.GetValueOrDefault(caller);
            if (used + bytes > most)
            {
                throw ApiException.NoRoom(
                    $"The uploads of all requests take {used} bytes; {bytes} more would exceed the limit of {most}.", limits.Value);
            }

            if (caller.Length > 0 && upload + bytes > most / 2)
            {
                string never = $"The upload is larger than {most / 2} bytes, the most that one key may have in memory.";
                throw new ApiException(StatusCodes.Status413PayloadTooLarge, never);
            }

            if (caller.Length > 0 && own + bytes > most - used - bytes)
            {
                throw ApiException.NoRoom(
                    $"The uploads of this key take {own} bytes; with {bytes} more, less than that would be left to others.", limits.Value);
            }

            used += bytes;
            byCaller[caller] = own + bytes;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Return(long bytes, string caller)
    {
        lock (gate)
        {
            used -= bytes;
            if ((byCaller[caller] -= bytes) == 0)
                byCaller.Remove(caller);
        }
    }
}
