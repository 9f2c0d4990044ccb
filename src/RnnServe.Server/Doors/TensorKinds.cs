using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Classify;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>What a call has for the model.</summary>
/// <param name="Model">The model, held for the call.</param>
/// <param name="Elements">Of the tensor that goes in.</param>
/// <param name="Upload">Room for images.</param>
/// <param name="Engine">The limits.</param>
/// <param name="Http">Its request, whose caller is charged.</param>
/// <param name="Cancellation">Drops the work.</param>
internal sealed record TensorCall(
    PickedModel Model,
    List<ReadOnlyMemory<byte>> Elements,
    ImageUpload Upload,
    DoorEngine Engine,
    HttpContext Http,
    CancellationToken Cancellation);

/// <summary>A kind of model as tensors: one of strings or files in, one of strings out, both with as many elements.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Input">Name of the tensor that goes in.</param>
/// <param name="Output">Name of the tensor that comes out.</param>
/// <param name="RunAsync">Checks the elements and answers each.</param>
internal sealed record TensorKind(ModelKind Kind, string Input, string Output, Func<TensorCall, Task<IReadOnlyList<string>>> RunAsync)
{
    /// <summary>Whether files go in, which are no text and may be larger than one.</summary>
    public bool TakesImages => Kind.Input is not null;

    /// <summary>How many elements a tensor may have.</summary>
    public int Most(LimitsOptions limits) => TakesImages ? limits.MaxImages : limits.MaxTexts;
}

/// <summary>The kinds of models as tensors: one line each.</summary>
internal static class TensorKinds
{
    public static IReadOnlyList<TensorKind> All { get; } =
    [
        new(TranslateKind.Model, "text", "translation", TranslateAsync),
        new(CaptionKind.Model, "image", "caption", CaptionAsync),
        new(ClassifyKind.Model, "text", "label", ClassifyAsync),
    ];

    private static async Task<IReadOnlyList<string>> TranslateAsync(TensorCall call)
    {
        var texts = await TextsAsync(call);
        var found = await TranslateKind.TranslateAsync(call.Model, texts, new(), call.Engine.Limits, call.Cancellation);
        return [.. found.Select(one => one.Text)];
    }

    private static async Task<IReadOnlyList<string>> CaptionAsync(TensorCall call)
    {
        var limits = call.Engine.Limits;
        foreach (var (index, file) in call.Elements.Index())
        {
            if (file.Length > limits.MaxImageBytes)
                throw ImageBody.TooLong($"image[{index}]", limits.MaxImageBytes);
            call.Upload.AddImage(file);
        }

        // The upload gives them up as soon as they are decoded.
        call.Elements.Clear();
        call.Upload.Check(limits);
        await call.Http.ChargeAsync(call.Upload);
        var found = await call.Engine.Captions.CaptionAsync(call.Model, call.Upload, new(), call.Cancellation);
        return [.. found.Select(one => one.Text)];
    }

    private static async Task<IReadOnlyList<string>> ClassifyAsync(TensorCall call)
    {
        var texts = await TextsAsync(call);
        var found = await ClassifyKind.ClassifyAsync(call.Model, texts, attention: false, call.Engine.Limits, call.Cancellation);
        return [.. found.Select(one => one.Label)];
    }

    private static async Task<Texts> TextsAsync(TensorCall call)
    {
        var items = call.Elements.Select((element, index) => BytesTensor.Text(element.Span, $"text[{index}]"));
        var texts = new Texts([.. items], IsArray: true);
        TextRules.Check(texts, call.Engine.Limits);
        await call.Http.ChargeAsync(texts);
        return texts;
    }
}
