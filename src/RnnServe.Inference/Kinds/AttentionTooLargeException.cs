namespace RnnServe.Inference.Kinds;

/// <summary>The attention that a request asks for could be too large to hold; nothing of the request was queued.</summary>
/// <param name="asked">Most weights that the answer could have.</param>
/// <param name="limit">Most weights that an answer may have.</param>
public sealed class AttentionTooLargeException(long asked, long limit)
    : Exception($"The attention of this request could have {asked} weights; the most is {limit}: ask for less at once, or leave it out.");
