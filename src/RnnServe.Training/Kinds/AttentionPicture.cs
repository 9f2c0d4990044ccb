using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds;

/// <summary>What a model answers and where it looked.</summary>
/// <param name="Answer">As a user would get it.</param>
/// <param name="Svg">The picture.</param>
internal sealed record AttentionPicture(string Answer, string Svg)
{
    /// <summary>Has a bundle answer and draws the attention.</summary>
    /// <param name="input">What the bundle's kind takes.</param>
    /// <param name="model">Folder of a bundle, or of one version of it.</param>
    /// <param name="beam">Hypotheses kept; null for the bundle's default.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="UserException">The bundle has no attention, or the input is none for it.</exception>
    public static async Task<AttentionPicture> DrawAsync(string input, string model, int? beam, CancellationToken cancellation)
    {
        var loaded = await KindLoader.LoadAsync<IModel>(
            null, BundleVersions.Find(model), new BatchingOptions { Workers = 1 }, cancellation: cancellation);
        await using (loaded)
        {
            try
            {
                return await TrainingKinds.Of(loaded.Bundle.Manifest).DrawAsync(loaded, input, beam, cancellation)
                    ?? throw new UserException($"'{model}' is a model without attention.");
            }
            catch (ArgumentException error)
            {
                // An option outside the bundle's limits.
                throw new UserException(error.Message, error);
            }
        }
    }
}
