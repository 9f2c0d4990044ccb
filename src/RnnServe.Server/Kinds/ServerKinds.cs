using RnnServe.Server.Keys;
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

    /// <summary>All scopes that a key may have: those of the kinds, and those that no kind has.</summary>
    public static IEnumerable<string> Scopes => All.Select(kind => kind.Model.Scope).Concat([RequiredScope.Admin, RequiredScope.Metrics]);

    /// <summary>A kind by its name in model.json.</summary>
    public static IServerKind Of(string task) => All.Single(kind => kind.Model.Task == task);
}
