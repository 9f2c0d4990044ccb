using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>The captions of a request's images, and what was asked for.</summary>
internal sealed record CaptionAnswer(CaptionRequest Request, string Model, string Version, IReadOnlyList<ImageCaption> Captions);

/// <summary>From the images of a request to their captions.</summary>
internal sealed class Captioning(ModelPicker models, UploadBudget budget, LimitsOptions limits)
{
    /// <param name="http">The request: its body is an image or a form with images.</param>
    /// <param name="meant">What a request means that says this.</param>
    /// <param name="written">Told the pieces of the caption of a single image; null: nobody is.</param>
    /// <param name="check">Refuses numbers of images that cannot be answered, before any work.</param>
    /// <param name="fit">Makes the search one that the picked model allows; null: what was asked for is checked as it is.</param>
    /// <exception cref="ApiException">The request is refused.</exception>
    public async Task<CaptionAnswer> AnswerAsync(
        HttpContext http,
        Func<CaptionRequest, CaptionRequest> meant,
        Action<string>? written = null,
        Action<int>? check = null,
        Func<SearchOptions, ModelManifest, SearchOptions>? fit = null)
    {
        using var upload = new ImageUpload(budget);
        var (request, model) = await ReadAsync(http, upload, meant, Search);
        using var held = model;
        upload.Check(limits);
        check?.Invoke(upload.Images.Count);
        await http.ChargeAsync(upload);
        var search = Search(request, model.Model.Bundle.Manifest);
        var captions = await CaptionAsync(model, upload, search, http.RequestAborted, written);
        return new(request, model.Name, model.Version, captions);

        SearchOptions Search(CaptionRequest asked, ModelManifest manifest)
        {
            var options = asked.Fill(new());
            return fit is null ? options : fit(options, manifest);
        }
    }

    /// <summary>What can be refused without the body is refused before it is read. Of a form, the options may be in it.</summary>
    private async Task<(CaptionRequest Request, PickedModel Model)> ReadAsync(
        HttpContext http,
        ImageUpload upload,
        Func<CaptionRequest, CaptionRequest> meant,
        Func<CaptionRequest, ModelManifest, SearchOptions> search)
    {
        models.CheckRunning();
        if (ImageBody.FormType(http, limits) is { } form)
        {
            await ImageForm.ReadAsync(http.Request, form, upload, limits, http.RequestAborted);
            return Choose(http.Request.Query, upload.Fields, meant, search);
        }

        var (request, model) = Choose(http.Request.Query, [], meant, search);
        try
        {
            CheckRoom((Captioner)model.Model);
            await ImageBody.ReadAsync(http.Request, upload, limits, http.RequestAborted);
            return (request, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private (CaptionRequest Request, PickedModel Model) Choose(
        IQueryCollection query,
        IReadOnlyList<KeyValuePair<string, string>> form,
        Func<CaptionRequest, CaptionRequest> meant,
        Func<CaptionRequest, ModelManifest, SearchOptions> search)
    {
        var request = meant(CaptionFields.Read(query, form));
        var choice = new ModelChoice(CaptionKind.Model, request.Model)
        {
            Target = request.Language,
            TargetField = "language",
            Hint = "name one in 'model', or give 'language'",
        };
        return (request, models.Pick(choice, manifest => SearchRequest.Check(search(request, manifest), manifest)));
    }

    /// <summary>Captions images that have been checked.</summary>
    /// <param name="model">The model, and what it allows has been checked.</param>
    /// <param name="upload">The images; given up as soon as they are decoded.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work.</param>
    /// <param name="written">Told the pieces of the caption of a single image; null: nobody is.</param>
    /// <exception cref="ApiException">413, 415, 422 or 429.</exception>
    public async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        PickedModel model, ImageUpload upload, SearchOptions options, CancellationToken cancellation, Action<string>? written = null)
    {
        var captioner = (Captioner)model.Model;
        int images = upload.Images.Count;
        try
        {
            var found = await EngineRefusals.AnswerAsync(
                async () =>
                {
                    using var read = await captioner.ReadAsync(upload.Images, options, cancellation);
                    upload.Dispose();
                    return await captioner.CaptionAsync(read, cancellation, written);
                },
                "image",
                "images",
                limits);
            model.Note(found.Select(one => one.Timing));
            return found;
        }
        catch (ImageRefusedException refused)
        {
            throw Refusal(refused, images);
        }
    }

    /// <summary>Refuses at once what would be refused after an upload.</summary>
    /// <exception cref="ApiException">429: no more images may wait.</exception>
    private void CheckRoom(Captioner captioner)
    {
        if (captioner.Waiting < captioner.MaxWaiting)
            return;
        string message = $"{captioner.Waiting} images are waiting, and no more than {captioner.MaxWaiting} may.";
        throw ApiException.NoRoom(message, limits, captioner.Drain);
    }

    /// <summary>An image that cannot be read.</summary>
    /// <param name="refused">Which one, and why.</param>
    /// <param name="images">How many the request has.</param>
    private static ApiException Refusal(ImageRefusedException refused, int images)
    {
        int status = refused.Problem switch
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
