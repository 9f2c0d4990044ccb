using System.ComponentModel.DataAnnotations;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>The manifest of a model that says which label a text has.</summary>
public sealed record ClassifyManifest : ModelManifest
{
    /// <summary>The kind's section.</summary>
    public required ClassifySection Classify { get; init; }

    /// <inheritdoc/>
    internal override IEnumerable<(string Field, string Path)> Paths => [($"{Task}.tokenizer", Classify.Tokenizer)];

    /// <inheritdoc/>
    internal override void Check()
    {
        ManifestRules.ExpectPresence(Languages.Source is not null, true, "languages.source", this);
        ManifestRules.ExpectPresence(Languages.Target is not null, false, "languages.target", this);
        foreach (string precision in PrecisionSet.Names)
        {
            string field = $"graphs.{precision}.decoder";
            ManifestRules.ExpectPresence(Graphs.Of(precision)?.Decoder is not null, false, field, this);
        }

        ManifestRules.ExpectRange(Classify.PadId, 0, Classify.VocabularySize - 1, $"{Task}.padId");
        for (int i = 0; i < Classify.Labels.Count; i++)
        {
            string label = Classify.Labels[i];
            ManifestRules.Expect(!string.IsNullOrWhiteSpace(label), $"{Task}.labels[{i}]", $"'{label}'", "a name");
            ManifestRules.Expect(!Classify.Labels.Take(i).Contains(label), $"{Task}.labels[{i}]", $"'{label}' twice", "it once");
        }

        base.Check();
    }
}

/// <summary>What a model that classifies needs beside what all models have.</summary>
public sealed record ClassifySection
{
    /// <summary>Path inside the bundle of the tokenizer.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Number of tokens; the tokenizer has as many.</summary>
    [Range(1, int.MaxValue)]
    public required int VocabularySize { get; init; }

    /// <summary>The token that fills the shorter texts of a batch.</summary>
    public required int PadId { get; init; }

    /// <summary>Names of the labels, in the order of the graph's outputs.</summary>
    [MinLength(2)]
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Most tokens that are read of a text; what is behind them is not.</summary>
    [Range(1, 1 << 20)]
    public int MaxLength { get; init; } = 512;

    /// <summary>Whether the graph says how much each token counted.</summary>
    public bool Attention { get; init; }
}
