using System.Xml.Linq;
using RnnServe.Training.Kinds.Classify;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingConfusionTests
{
    // Of 4 texts that are bad 3 got it, of 2 so-so ones none, of 4 good ones 3; nothing got "so-so".
    private static readonly Confusion Three = Confusion.Count(
        ["bad", "so-so", "good"], [(0, 0), (0, 0), (0, 0), (0, 2), (1, 0), (1, 2), (2, 2), (2, 2), (2, 2), (2, 0)]);

    [Fact]
    public void Scores_are_those_worked_out_by_hand()
    {
        Assert.Equal(10, Three.Total);
        Assert.Equal(0.6, Three.Accuracy, 1e-12);
        Assert.Equal(3.0 / 5, Three.Precision(0), 1e-12);
        Assert.Equal(3.0 / 4, Three.Recall(0), 1e-12);
        Assert.Equal(2 * 0.6 * 0.75 / 1.35, Three.F1(0), 1e-12);
        Assert.Equal([0, 0, 0], new[] { Three.Precision(1), Three.Recall(1), Three.F1(1) });
        Assert.Equal((2.0 / 3) * (2 * 0.6 * 0.75 / 1.35), Three.MacroF1, 1e-12);
    }

    [Fact]
    public void Labels_without_texts_and_no_texts_at_all_have_scores_of_zero()
    {
        var nothing = Confusion.Count(["bad", "good"], []);

        Assert.Equal([0, 0, 0], new[] { nothing.Accuracy, nothing.MacroF1, nothing.Recall(1) });
    }

    [Fact]
    public void The_table_has_a_row_for_each_right_label() => Assert.Equal(
        """
        | right \ given | bad | so-so | good | precision | recall | F1 |
        |---|--:|--:|--:|--:|--:|--:|
        | bad | 3 | 0 | 1 | 60.0 | 75.0 | 66.7 |
        | so-so | 1 | 0 | 1 | 0.0 | 0.0 | 0.0 |
        | good | 1 | 0 | 3 | 60.0 | 75.0 | 66.7 |
        """,
        ConfusionReport.Table(Three),
        ignoreLineEndingDifferences: true);

    [Fact]
    public void The_picture_shows_every_count_inside_it()
    {
        var svg = XDocument.Parse(ConfusionReport.Draw(Three, "a < b")).Root!;

        double width = (double)svg.Attribute("width")!, height = (double)svg.Attribute("height")!;
        var texts = svg.Elements().Where(e => e.Name.LocalName == "text").ToList();
        Assert.All(texts, text =>
        {
            Assert.InRange((double)text.Attribute("x")!, 0, width);
            Assert.InRange((double)text.Attribute("y")!, 0, height);
        });
        Assert.Equal("a < b: 60.0 % of 10 texts are right", texts[0].Value);
        Assert.Equal(
            ["bad, given bad: 75.0 %3", "bad, given so-so: 0.0 %0", "bad, given good: 25.0 %1"],
            texts.Select(t => t.Value).Where(t => t.StartsWith("bad,", StringComparison.Ordinal)));
    }
}
