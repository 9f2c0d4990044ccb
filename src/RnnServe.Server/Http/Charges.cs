namespace RnnServe.Server.Http;

/// <summary>What quotas count.</summary>
internal enum ChargedUnit
{
    /// <summary>Requests, also those that are refused after the quota was looked at.</summary>
    Requests,

    /// <summary>UTF-16 characters of all texts.</summary>
    Characters,

    /// <summary>Images.</summary>
    Images,
}

/// <summary>Counts a request against the quotas of its caller.</summary>
internal interface ICharges
{
    /// <param name="unit">What is used up.</param>
    /// <param name="field">The request's field that has it.</param>
    /// <param name="amount">How much of it, above 0.</param>
    /// <exception cref="ApiException">429: there is not so much left; 400: there never is.</exception>
    ValueTask ChargeAsync(ChargedUnit unit, string field, int amount);
}

/// <summary>How many characters and images a request has is known when its body was read: they are charged then, before any work.</summary>
internal static class Charging
{
    /// <summary>Charges checked texts; nothing for a caller without quotas.</summary>
    /// <exception cref="ApiException">429 or 400.</exception>
    public static ValueTask ChargeAsync(this HttpContext http, Texts texts) => http.Features.Get<ICharges>() is { } charges
        ? charges.ChargeAsync(ChargedUnit.Characters, texts.Field, texts.Items.Sum(text => text.Length))
        : ValueTask.CompletedTask;

    /// <summary>Charges checked images; nothing for a caller without quotas.</summary>
    /// <exception cref="ApiException">429 or 400.</exception>
    public static ValueTask ChargeAsync(this HttpContext http, ImageUpload upload) => http.Features.Get<ICharges>() is { } charges
        ? charges.ChargeAsync(ChargedUnit.Images, "image", upload.Images.Count)
        : ValueTask.CompletedTask;
}
