using RnnServe.Server.Catalog;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Classify;
using RnnServe.Server.Kinds.Translate;

namespace RnnServe.Server.Kinds;

/// <summary>The kinds of models that this server knows: one line each.</summary>
internal static class ServerKinds
{
    public static IReadOnlyList<IServerKind> All { get; } =
    [
        new TranslateKind(),
        new CaptionKind(),
        new ClassifyKind(),
    ];

    public static IServerKind Of(ModelKind model) => All.Single(kind => kind.Model == model);
}
