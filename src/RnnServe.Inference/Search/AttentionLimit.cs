namespace RnnServe.Inference.Search;

/// <summary>How much attention one answer may have.</summary>
internal static class AttentionLimit
{
    /// <summary>
    /// Most attention weights in the answer to one request. The weights of a text are a matrix over all its sentences, so that they grow
    /// with the square of its length: without a limit one long text could ask for gigabytes.
    /// </summary>
    public const long MostWeights = 4_000_000;

    /// <summary>Checks that the attention of all answers together fits, should each sentence become as long as it may.</summary>
    /// <param name="answers">Of each answer, the most target tokens and the source positions.</param>
    /// <exception cref="AttentionTooLargeException">It does not.</exception>
    public static void Check(IEnumerable<(long Rows, long Columns)> answers)
    {
        long weights = answers.Sum(answer => answer.Rows * answer.Columns);
        if (weights > MostWeights)
            throw new AttentionTooLargeException(weights, MostWeights);
    }
}

/// <summary>The attention that a request asks for could be too large to hold; nothing of the request was queued.</summary>
/// <param name="asked">Most weights that the answer could have.</param>
/// <param name="limit">Most weights that an answer may have.</param>
public sealed class AttentionTooLargeException(long asked, long limit)
    : Exception($"The attention of this request could have {asked} weights; the most is {limit}: ask for less at once, or leave it out.");
