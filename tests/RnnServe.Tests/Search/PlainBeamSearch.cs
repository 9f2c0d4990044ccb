using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Search;

/// <summary>The documented beam search, written as plainly as possible: all continuations in double precision, sorted; no early
/// end.</summary>
internal static class PlainBeamSearch
{
    internal sealed record Output(int[] Tokens, double LogProb, double Score, bool Truncated);

    public static List<Output> Run(HistoryDecoder decoder, int[] source, DecodingOptions options)
    {
        List<(int[] History, double LogProb)> live = [([HistoryDecoder.StartToken], 0)];
        var finished = new List<Output>();
        int step = 1;
        for (; step <= options.MaxLength && !IsOver(live, finished, step, options); step++)
        {
            var ranked = live
                .SelectMany(h => decoder.LogProbs(source, h.History).Select((p, token) => (h, token, LogProb: h.LogProb + p)))
                .Where(c => !HistoryDecoder.Rules.Banned.Contains(c.token) && (step > 1 || c.token != HistoryDecoder.End))
                .OrderByDescending(c => c.LogProb)
                .Take(2 * options.BeamSize)
                .ToList();
            finished.AddRange(ranked.Take(options.BeamSize).Where(c => c.token == HistoryDecoder.End)
                .Select(c => Finish(decoder, source, [.. c.h.History, c.token], c.LogProb, options, false)));
            live = [.. ranked.Where(c => c.token != HistoryDecoder.End).Take(options.BeamSize)
                .Select(c => ((int[])[.. c.h.History, c.token], c.LogProb))];
        }

        if (step > options.MaxLength)
            finished = [.. finished, .. live.Select(h => Finish(decoder, source, h.History, h.LogProb, options, true))];
        return [.. finished.OrderByDescending(o => o.Score).Take(options.Best)];
    }

    // Before a step: K are finished, and the best live hypothesis would not be the best even if this step ended it for nothing.
    private static bool IsOver(List<(int[] History, double LogProb)> live, List<Output> finished, int step, DecodingOptions options) =>
        finished.Count >= options.BeamSize
        && (options.BeamSize == 1 || live.Count == 0
            || live.Max(h => h.LogProb) / Math.Pow((5.0 + step) / 6.0, options.LengthPenalty) <= finished.Max(o => o.Score));

    /// <summary>Wu et al. 2016, eq. 14, term by term.</summary>
    public static double Score(HistoryDecoder decoder, int[] source, int[] tokens, double logProb, DecodingOptions options)
    {
        double score = logProb / Math.Pow((5.0 + tokens.Length) / 6.0, options.LengthPenalty);
        for (int s = 0; s < source.Length && options.CoveragePenalty > 0; s++)
        {
            double attended = 0;
            for (int t = 0; t < tokens.Length; t++)
                attended += decoder.Attention(source, [HistoryDecoder.StartToken, .. tokens[..t]], source.Length)[s];
            score += options.CoveragePenalty * Math.Log(Math.Min(attended, 1.0));
        }

        return score;
    }

    private static Output Finish(
        HistoryDecoder decoder, int[] source, int[] history, double logProb, DecodingOptions options, bool truncated) =>
        new(history[1..], logProb, Score(decoder, source, history[1..], logProb, options), truncated);
}
