using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Bundles;

/// <summary>In which order sentences come to a model.</summary>
public enum Order
{
    Given,
    Reversed,
    Shuffled,
    OneByOne,
}

/// <summary>A way to ask a translator for the same answers.</summary>
/// <param name="Rows">Rows of a worker.</param>
/// <param name="Workers">Its workers.</param>
/// <param name="Order">Order of the sentences; one by one they come with random pauses, while others are being decoded.</param>
/// <param name="TextsPerRequest">Sentences of a request.</param>
public sealed record Arrivals(int Rows, int Workers, Order Order, int TextsPerRequest)
{
    /// <summary>Every row limit, count of workers and order at least twice.</summary>
    public static IReadOnlyList<Arrivals> All { get; } =
    [
        new(5, 1, Order.Given, 64),
        new(5, 3, Order.OneByOne, 1),
        new(40, 1, Order.Reversed, 1000),
        new(40, 2, Order.Shuffled, 7),
        new(80, 2, Order.OneByOne, 3),
        new(80, 3, Order.Given, 1),
        new(160, 1, Order.Shuffled, 1000),
        new(160, 3, Order.Reversed, 64),
    ];

    /// <summary>The answers to texts, in the order of the texts.</summary>
    /// <param name="bundle">Folder of the translator.</param>
    /// <param name="precision">Its graphs.</param>
    /// <param name="texts">All texts.</param>
    /// <param name="options">How each is translated.</param>
    internal async Task<Translation[]> AskAsync(string bundle, string precision, string[] texts, SearchOptions options)
    {
        await using var translator = await Translator.LoadAsync(
            bundle, new BatchingOptions { MaxRows = Rows, Workers = Workers }, new LoadOptions { Precision = precision });
        Assert.Equal(precision, translator.Precision);
        var random = new Random(Rows + Workers);
        int[] places = [.. Enumerable.Range(0, texts.Length)];
        if (Order == Order.Reversed)
            Array.Reverse(places);
        if (Order == Order.Shuffled)
            random.Shuffle(places);

        var answers = new Translation[texts.Length];
        var asked = new List<Task>();
        foreach (int[] some in places.Chunk(TextsPerRequest))
        {
            asked.Add(Task.Run(async () =>
            {
                var found = await translator.TranslateAsync([.. some.Select(i => texts[i])], options, CancellationToken.None);
                for (int i = 0; i < some.Length; i++)
                    answers[some[i]] = found[i];
            }));
            if (Order == Order.OneByOne)
                await Task.Delay(random.Next(4));
        }

        await Task.WhenAll(asked);
        return answers;
    }
}
