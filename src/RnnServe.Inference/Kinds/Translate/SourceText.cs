using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>A text cut into what is translated and what is kept as it is.</summary>
/// <param name="Parts">In order; the texts and translations of all parts together are the answer.</param>
internal sealed record SourceText(IReadOnlyList<SourcePart> Parts)
{
    /// <summary>The parts that are translated.</summary>
    public IEnumerable<int[]> Sentences => Parts.Where(part => part.Tokens is not null).Select(part => part.Tokens!);
}

/// <summary>A part of a text.</summary>
/// <param name="Text">What is kept as it is; empty for a sentence.</param>
/// <param name="Tokens">A sentence's source tokens, the end token included; null where nothing is translated.</param>
internal sealed record SourcePart(string Text, int[]? Tokens)
{
    /// <summary>What the text has for each token; null where the tokens are its own words.</summary>
    public string[]? Names { get; init; }

    /// <summary>What the placeholders among the tokens stand for; null where the model knows none.</summary>
    public PlaceholderText? Copied { get; init; }

    /// <summary>A token or a name with what was copied instead of the placeholder.</summary>
    public string Show(string word) => Copied?.Show(word) ?? word;
}
