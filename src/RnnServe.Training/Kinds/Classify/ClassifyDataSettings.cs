using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>
/// The files to learn from: plain or .gz, one text a line, paths relative to the recipe. A line is a label, a tab and a text, or a tree of
/// the Stanford Sentiment Treebank, (3 (2 It) (4 works)), whose words become plain text again. Labels in braces, train.{de|en}.gz, are a
/// file for each of them, whose lines are texts.
/// </summary>
internal sealed record ClassifyDataSettings
{
    /// <summary>Files to learn from.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>File that decides which weights are kept; never learnt from.</summary>
    [Required]
    public string Validation { get; init; } = "";

    /// <summary>File that nothing is decided by; the export measures it.</summary>
    public string? Test { get; init; }

    /// <summary>Whether the parts of the training's trees are learnt too, each different text once.</summary>
    public bool Phrases { get; init; } = true;

    /// <summary>Most words that are taken of a plain text, from a place and of a length that are random; 0: all of it.</summary>
    [Range(0, 1000)]
    public int MostWords { get; init; }

    /// <summary>What is taken of a plain text.</summary>
    internal WordRun Words => MostWords == 0 ? WordRun.None : new(1, MostWords);

    /// <summary>Weight of such a part in the loss; a whole text has 1.</summary>
    [Range(0.001, 10.0)]
    public double PhraseWeight { get; init; } = 1;
}
