namespace RnnServe.Inference.Search;

/// <summary>How outputs are drawn.</summary>
public sealed record SamplingOptions
{
    /// <summary>Outputs to draw, each by itself.</summary>
    internal int Samples { get; init; } = 1;

    /// <summary>Divides the logits: below 1 likely tokens become likelier, above 1 all become more alike. Above 0, at most 5.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Most tokens to draw from, the likeliest ones; 0 is all (Fan et al. 2018).</summary>
    public int TopK { get; init; }

    /// <summary>Draws from the likeliest tokens that have this probability together, 0 to 1; 1 is all (Holtzman et al. 2020).</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Where all chance starts: the same seed gives the same outputs, whatever the batch mates.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is not allowed.</summary>
    internal IEnumerable<FieldError> Check()
    {
        if (!(Temperature is > 0 and <= 5))
            yield return new("sampling.temperature", FieldError.Shown(Temperature), "a number above 0, at most 5");
        if (TopK < 0)
            yield return new("sampling.topK", FieldError.Shown(TopK), "an integer of 0 or more");
        if (!(TopP is > 0 and <= 1))
            yield return new("sampling.topP", FieldError.Shown(TopP), "a number above 0, at most 1");
    }

    /// <summary>The options for one of several sentences, which must not draw alike.</summary>
    /// <param name="number">The sentence's, from 0.</param>
    /// <param name="samples">Outputs to draw.</param>
    internal SamplingOptions For(int number, int samples) =>
        this with { Samples = samples, Seed = Seed + (0xD1B54A32D192ED03UL * (ulong)number) };
}
