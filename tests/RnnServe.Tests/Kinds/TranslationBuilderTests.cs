using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Kinds;

public class TranslationBuilderTests
{
    [Theory]
    [InlineData(0, 1), InlineData(1, 3), InlineData(3, 1), InlineData(3, 5), InlineData(4, 16)]
    public void The_best_combinations_of_hypotheses_are_those_of_a_sort_of_all(int sentences, int n)
    {
        var random = new Random(sentences);
        Hypothesis[][] choices = [.. Enumerable.Range(0, sentences).Select(_ => Hypotheses(random, 5))];
        IEnumerable<Hypothesis[]> all = [[]];
        foreach (var hypotheses in choices)
            all = [.. all.SelectMany(_ => hypotheses, (head, last) => (Hypothesis[])[.. head, last])];

        var found = TranslationBuilder.Combine(choices, n);

        Assert.Equal(all.OrderByDescending(choice => choice.Sum(h => h.Score)).Take(n), found);
    }

    private static Hypothesis[] Hypotheses(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Hypothesis([2], [-1f], -random.NextDouble())).OrderByDescending(h => h.Score)];
}
