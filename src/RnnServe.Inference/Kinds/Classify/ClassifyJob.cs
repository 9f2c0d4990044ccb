using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>What the graph says of one text.</summary>
/// <param name="Probabilities">Of each label.</param>
/// <param name="Weights">Of each token; empty without attention.</param>
/// <param name="Timing">Where the time went.</param>
internal sealed record ClassifiedTokens(double[] Probabilities, float[] Weights, DecodeTiming Timing);

/// <summary>A text on its way through queue and worker.</summary>
/// <param name="tokens">One or more.</param>
internal sealed class ClassifyJob(int[] tokens) : Job<ClassifiedTokens>(tokens.Length, width: 1)
{
    private float[] scores = [];
    private float[] weights = [];

    public int[] Tokens => tokens;

    /// <summary>Takes what the graph says.</summary>
    /// <param name="logits">One for each label.</param>
    /// <param name="attention">One for each position; empty without attention.</param>
    public void Take(ReadOnlySpan<float> logits, ReadOnlySpan<float> attention)
    {
        scores = logits.ToArray();
        weights = attention.IsEmpty ? [] : attention[..tokens.Length].ToArray();
    }

    /// <exception cref="NotFiniteNumberException">The logits are no numbers.</exception>
    protected override ClassifiedTokens ResultOf(DecodeTiming timing) => new(Softmax(scores), weights, timing);

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double greatest = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            greatest = Math.Max(greatest, logit);
        double[] shares = new double[logits.Length];
        for (int i = 0; i < shares.Length; i++)
            sum += shares[i] = Math.Exp(logits[i] - greatest);
        if (!double.IsFinite(sum))
            throw new NotFiniteNumberException("The logits are not finite numbers.", sum);
        for (int i = 0; i < shares.Length; i++)
            shares[i] /= sum;
        return shares;
    }
}
