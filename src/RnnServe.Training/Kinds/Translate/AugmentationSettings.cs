using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Training pairs as people type them; each epoch changes other pairs. The target keeps its case and its punctuation.</summary>
internal sealed record AugmentationSettings
{
    /// <summary>Share of the pairs whose source is in lower case; of half of these the first letter stays.</summary>
    [Range(0.0, 1.0)]
    public double LowerCase { get; init; }

    /// <summary>Share of the pairs whose source loses the mark at its end.</summary>
    [Range(0.0, 1.0)]
    public double NoFinalMark { get; init; }

    /// <summary>Share of the pairs that get one or two others behind them, as a sentence that nobody has cut.</summary>
    [Range(0.0, 1.0)]
    public double Joined { get; init; }

    /// <summary>Share of the pairs in which names that both sides have become placeholders, or, without such a name, placeholders are added
    /// to both sides. Addresses and numbers that both sides have always become placeholders, as they do in translating.</summary>
    [Range(0.0, 1.0)]
    public double Placeholders { get; init; }

    /// <summary>Share of the pairs in which a name that both sides have becomes one that is made up, so that names never seen are
    /// spelt.</summary>
    [Range(0.0, 1.0)]
    public double MadeUpNames { get; init; }
}
