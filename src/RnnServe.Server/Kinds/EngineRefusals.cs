using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds;

/// <summary>What the engine refuses, as answers.</summary>
internal static class EngineRefusals
{
    /// <param name="decode">The call of the engine.</param>
    /// <param name="field">The request's field that has what is decoded.</param>
    /// <param name="unit">What the queue counts, in plural.</param>
    /// <param name="limits">Says when to try again.</param>
    /// <exception cref="ApiException">400, 413 or 429.</exception>
    public static async Task<T> AnswerAsync<T>(Func<Task<T>> decode, string field, string unit, LimitsOptions limits)
    {
        try
        {
            return await decode();
        }
        catch (AttentionTooLargeException large)
        {
            throw ApiException.ForField("include", large.Message, StatusCodes.Status413PayloadTooLarge);
        }
        catch (PrefixRefusedException refused)
        {
            throw ApiException.ForField("prefix", refused.Message);
        }
        catch (QueueFullException full) when (full.Asked > full.Most)
        {
            string message = $"The request has {full.Asked} {unit}; the most is {full.Most}.";
            throw ApiException.ForField(field, message, StatusCodes.Status413PayloadTooLarge);
        }
        catch (QueueFullException full)
        {
            string whose = full.IsShare ? $"{unit} of yours, or of all bulk work," : unit;
            string message = $"{full.Queued} {whose} are waiting; {full.Asked} more would exceed the limit of {full.Limit}.";
            throw ApiException.NoRoom(message, limits, full.Drain);
        }
    }
}
