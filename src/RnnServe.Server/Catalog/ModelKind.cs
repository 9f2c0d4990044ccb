namespace RnnServe.Server.Catalog;

/// <summary>A kind of model, in the words of messages.</summary>
/// <param name="Task">Its name in model.json.</param>
/// <param name="Verb">What it does, in a sentence: "No model can sort images" has "sort images".</param>
internal sealed record ModelKind(string Task, string Verb)
{
    /// <summary>The scope that a key needs for it.</summary>
    public string Scope => Task;

    /// <summary>What goes in where that has no language, such as "image".</summary>
    public string? Input { get; init; }

    /// <summary>What comes out where that has no language, such as "label".</summary>
    public string? Output { get; init; }

    /// <summary>What goes in and what comes out, such as "en → de" or "image → en".</summary>
    public string Pair(string? source, string? target) => $"{Input ?? source} → {Output ?? target}";
}
