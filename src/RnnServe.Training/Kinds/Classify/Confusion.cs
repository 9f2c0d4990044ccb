namespace RnnServe.Training.Kinds.Classify;

/// <summary>How often texts of each label got each label.</summary>
/// <param name="Labels">Names of the labels.</param>
/// <param name="Counts">A row for each right label, a column for each label given.</param>
internal sealed record Confusion(IReadOnlyList<string> Labels, int[][] Counts)
{
    /// <summary>Counts pairs of right and given labels.</summary>
    public static Confusion Count(IReadOnlyList<string> labels, IEnumerable<(int Right, int Given)> pairs)
    {
        int[][] counts = [.. labels.Select(_ => new int[labels.Count])];
        foreach (var (right, given) in pairs)
            counts[right][given]++;
        return new(labels, counts);
    }

    /// <summary>Classifies texts.</summary>
    public static Confusion Of(GraphClassifier classifier, ClassifyBatches batches, JudgedTexts texts, ClassifyRecipe recipe)
    {
        // Sorted as the batches are; both sorts are stable.
        var right = texts.Encoded.Zip(texts.Labels).OrderBy(text => text.First.Tokens.Length).Select(text => text.Second);
        return Count([.. recipe.Labels.Select(label => label.Name)], right.Zip(classifier.Labels(batches.Sorted(texts.Encoded))));
    }

    public int Total => Counts.Sum(row => row.Sum());

    /// <summary>Share of texts that got the right label.</summary>
    public double Accuracy => Share(Counts.Select((row, i) => row[i]).Sum(), Total);

    /// <summary>Mean of the labels' F1, each counting alike.</summary>
    public double MacroF1 => Labels.Select((_, i) => F1(i)).Average();

    /// <summary>Of the texts that got a label, the share that it is right for; 0 where none got it.</summary>
    public double Precision(int label) => Share(Counts[label][label], Counts.Sum(row => row[label]));

    /// <summary>Of a label's texts, the share that got it; 0 where there are none.</summary>
    public double Recall(int label) => Share(Counts[label][label], Counts[label].Sum());

    /// <summary>Harmonic mean of precision and recall; 0 where both are.</summary>
    public double F1(int label) => Share(2 * Precision(label) * Recall(label), Precision(label) + Recall(label));

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}
