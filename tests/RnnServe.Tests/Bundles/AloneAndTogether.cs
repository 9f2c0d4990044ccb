using RnnServe.Inference.Kinds;

namespace RnnServe.Tests.Bundles;

/// <summary>Asks a model for answers one at a time and in batches: they must not differ.</summary>
internal static class AloneAndTogether
{
    /// <param name="inputs">What is asked.</param>
    /// <param name="batchSize">Inputs in a batch.</param>
    /// <param name="ask">The model.</param>
    /// <returns>The answers, each asked for alone; and those of the batches.</returns>
    public static async Task<(List<TAnswer> Alone, List<TAnswer> Together)> CheckAsync<TInput, TAnswer>(
        TInput[] inputs, int batchSize, Func<TInput[], Task<IReadOnlyList<TAnswer>>> ask)
        where TAnswer : Answer
    {
        var together = new List<TAnswer>();
        foreach (var batch in inputs.Chunk(batchSize))
            together.AddRange(await ask(batch));
        var alone = new List<TAnswer>();
        foreach (var input in inputs)
            alone.AddRange(await ask([input]));

        Assert.Equal(alone.Select(a => a.Text), together.Select(a => a.Text));
        Assert.Equal(alone.Select(a => a.Alternatives.Select(o => o.Text)), together.Select(a => a.Alternatives.Select(o => o.Text)));
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First.Score, pair.Second.Score, tolerance: 1e-5));
        return (alone, together);
    }
}
