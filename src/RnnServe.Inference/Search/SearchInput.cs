namespace RnnServe.Inference.Search;

/// <summary>One sentence or image of a request.</summary>
/// <param name="Source">What it is decoded from.</param>
internal sealed record SearchInput(Source Source)
{
    /// <summary>Its place in the text that it is of, from 0.</summary>
    public int Number { get; init; }

    /// <summary>What its outputs begin with; null for anything.</summary>
    public Beginning? Beginning { get; init; }
}

/// <summary>What outputs begin with.</summary>
/// <param name="Constraint">Sees to it.</param>
/// <param name="Tokens">About how many tokens it takes.</param>
internal sealed record Beginning(IConstraint Constraint, int Tokens);
