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
/// <param name="Names">What the text has for each token; null where the tokens are its own words.</param>
internal sealed record SourcePart(string Text, int[]? Tokens, string[]? Names = null);
