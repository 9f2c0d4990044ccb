using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Endpoints;

/// <summary>What the engine refuses, as answers.</summary>
internal static class EngineRefusals
{
    /// <param name="decode">The call of the engine.</param>
    /// <param name="field">The request's field that has what is decoded.</param>
    /// <param name="unit">What the queue counts, in plural.</param>
    /// <param name="limits">Says when to try again.</param>
    /// <exception cref="ApiException">413, 415, 422 or 429.</exception>
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
        catch (QueueFullException full) when (full.Asked > full.Limit)
        {
            var message = $"The request has {full.Asked} {unit}; the most is {full.Limit}.";
            throw ApiException.ForField(field, message, StatusCodes.Status413PayloadTooLarge);
        }
        catch (QueueFullException full)
        {
            var message = $"{full.Queued} {unit} are waiting; {full.Asked} more would exceed the limit of {full.Limit}.";
            throw ApiException.NoRoom(message, limits);
        }
    }

    /// <summary>Refuses at once what would be refused after an upload.</summary>
    /// <exception cref="ApiException">429: no more images may wait.</exception>
    public static void CheckRoom(Captioner captioner, LimitsOptions limits)
    {
        if (captioner.Waiting < captioner.MaxWaiting)
            return;
        var message = $"{captioner.Waiting} images are waiting, and no more than {captioner.MaxWaiting} may.";
        throw ApiException.NoRoom(message, limits);
    }

    /// <summary>An image that cannot be read.</summary>
    /// <param name="refused">Which one, and why.</param>
    /// <param name="images">How many the request has.</param>
    public static ApiException Of(ImageRefusedException refused, int images)
    {
        var status = refused.Problem switch
        {
            ImageProblem.UnknownType => StatusCodes.Status415UnsupportedMediaType,
            ImageProblem.TooManyPixels => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
        return images == 1
            ? ApiException.ForField("image", refused.Message, status)
            : ApiException.ForField($"image[{refused.Index}]", $"image[{refused.Index}]: {refused.Message}", status);
    }
}
