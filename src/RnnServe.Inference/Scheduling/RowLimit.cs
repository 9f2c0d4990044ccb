using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Scheduling;

/// <summary>How many rows a worker may decode at once.</summary>
/// <param name="Most">Rows of all its batches together.</param>
/// <param name="LeastWidth">Rows of a sentence at least, however small its beam is.</param>
internal sealed record RowLimit(int Most, int LeastWidth)
{
    /// <summary>An int8 step is short, so that what leaves the cache shows sooner than in an fp32 step.</summary>
    private const int MostOfInt8 = 80, MostOfFp32 = 160;

    /// <summary>What the options say, or the default of the precision.</summary>
    public static RowLimit Of(BatchingOptions options, string precision, int leastWidth)
    {
        int most = precision == PrecisionSet.QuantizedName ? MostOfInt8 : MostOfFp32;
        return new RowLimit(options.MaxRows > 0 ? options.MaxRows : most, leastWidth);
    }

    /// <summary>Rows of a sentence in a batch of its own.</summary>
    public int WidthOf(DecodeJob job) => Math.Max(job.Search.Width, LeastWidth);

    /// <summary>What they count.</summary>
    public int RowsOf(DecodeJob job) => WidthOf(job) * BatchClass.Weight(BatchClass.Of(job.Search));
}
