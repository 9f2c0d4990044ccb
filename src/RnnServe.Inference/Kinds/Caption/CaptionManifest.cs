using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>The manifest of a model that captions images.</summary>
public sealed record CaptionManifest : SearchManifest
{
    /// <summary>The kind's section.</summary>
    public required CaptionSection Caption { get; init; }

    /// <summary>How an image becomes the encoder's input.</summary>
    [JsonIgnore]
    public ImageManifest Image => Caption.Image;

    /// <inheritdoc/>
    [JsonIgnore]
    public override SearchSection Section => Caption;

    /// <inheritdoc/>
    internal override IEnumerable<(string Field, string Path)> Paths =>
        Canary is { } canary ? base.Paths.Append(("canary.input", canary.Input)) : base.Paths;

    internal override EncoderContract Encoder
    {
        get
        {
            // A graph that works for every size of image is as good as one for this size.
            TensorSize side = new(Image.Size, MayBeOpen: true), cells = new(Image.Cells, MayBeOpen: true);
            return new(
                [TensorContract.Float(TensorNames.Image, TensorContract.Any, 3, side, side)],
                cells,
                session => new ImageEncoder(session, Decoder, Image),
                ImageSource.Of(new byte[Image.Size * Image.Size * 3], Image.Cells),
                $"{Image.Size} x {Image.Size} pixels that gives {Image.Grid[0]} x {Image.Grid[1]} cells");
        }
    }

    /// <inheritdoc/>
    internal override bool HasCoverage => false;

    /// <inheritdoc/>
    /// <remarks>Captions do not grow with the grid; those of the usual data sets have about 11 words.</remarks>
    internal override int UsualMaxLength(int sourceLength) => 30;

    /// <inheritdoc/>
    internal override void Check()
    {
        ManifestRules.ExpectPresence(Languages.Source is not null, false, "languages.source", this);
        ManifestRules.ExpectPresence(Tokenizers.Source is not null, false, $"{Task}.tokenizers.source", this);
        for (int i = 0; i < 2 && !Decoder.Attention; i++)
            ManifestRules.Expect(Image.Grid[i] == 1, $"{Task}.image.grid[{i}]", Image.Grid[i], "1");

        // Nothing of an image has to be looked at: the penalty would favour captions that stare at each cell.
        float penalty = Decoding.CoveragePenalty;
        ManifestRules.Expect(penalty == 0, $"{Task}.decoding.coveragePenalty", penalty, $"0 (task '{Task}' has none)");
        base.Check();
    }
}

/// <summary>What a model that captions needs beside what all models have.</summary>
public sealed record CaptionSection : SearchSection
{
    /// <summary>How an image becomes the encoder's input, and what the attention sees of it.</summary>
    public required ImageManifest Image { get; init; }
}
