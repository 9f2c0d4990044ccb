namespace RnnServe.Server.Catalog;

/// <summary>Whether a model can answer.</summary>
internal enum ModelState
{
    /// <summary>Its files are being checked and its graphs opened.</summary>
    Loading,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It cannot answer; the reason is with it.</summary>
    Failed,
}
