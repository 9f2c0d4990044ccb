using System.Text;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Shows which labels are taken for which.</summary>
internal static class ConfusionReport
{
    private const double Cell = 72, Letter = 8, Gap = 12, Title = 38, Head = 48;

    /// <summary>The scores in one line.</summary>
    public static string Summary(Confusion confusion) =>
        Invariant($"{confusion.Total:N0} texts, accuracy {100 * confusion.Accuracy:F2} %, macro F1 {100 * confusion.MacroF1:F2} %.");

    /// <summary>A Markdown table: a row for each right label, a column for each label given, then the label's scores in percent.</summary>
    public static string Table(Confusion confusion)
    {
        string[] head = ["right \\ given", .. confusion.Labels, "precision", "recall", "F1"];
        var rows = confusion.Labels.Select((label, i) => (string[])
        [
            label, .. confusion.Counts[i].Select(count => Invariant($"{count}")),
            Percent(confusion.Precision(i)), Percent(confusion.Recall(i)), Percent(confusion.F1(i)),
        ]);
        return string.Join('\n', [Row(head), "|---" + string.Concat(head.Skip(1).Select(_ => "|--:")) + "|", .. rows.Select(Row)]);
    }

    /// <summary>A picture, right labels at the left and given ones above; the darker, the greater the share of the row's texts.</summary>
    public static string Draw(Confusion confusion, string name)
    {
        var labels = confusion.Labels;
        double left = (2 * Gap) + (Letter * labels.Max(label => label.Length)), top = Title + Head;
        string title = Invariant($"{name}: {100 * confusion.Accuracy:0.0} % of {confusion.Total} texts are right");
        double width = Math.Max(left + (labels.Count * Cell), Letter * title.Length) + Gap;
        var svg = Svg.Open(width, top + (labels.Count * Cell) + Gap, title);
        svg.Write($"<text x=\"{Gap}\" y=\"26\" font-size=\"15\" font-weight=\"600\">{Svg.Text(title)}</text>\n");
        for (int i = 0; i < labels.Count; i++)
        {
            svg.Write($"<text x=\"{left + ((i + 0.5) * Cell)}\" y=\"{top - 10}\" text-anchor=\"middle\">{Svg.Text(labels[i])}</text>\n");
            svg.Write($"<text x=\"{left - 8}\" y=\"{top + ((i + 0.5) * Cell) + 4}\" text-anchor=\"end\">{Svg.Text(labels[i])}</text>\n");
        }

        for (int right = 0; right < labels.Count; right++)
        {
            for (int given = 0; given < labels.Count; given++)
                DrawCell(svg, confusion, (right, given), left + (given * Cell), top + (right * Cell));
        }

        return svg.Close();
    }

    private static void DrawCell(StringBuilder svg, Confusion confusion, (int Right, int Given) labels, double x, double y)
    {
        int count = confusion.Counts[labels.Right][labels.Given];
        double share = count / (double)Math.Max(1, confusion.Counts[labels.Right].Sum());
        string colour = share > 0.5 ? "#fff" : "#333";
        string right = Svg.Text(confusion.Labels[labels.Right]), given = Svg.Text(confusion.Labels[labels.Given]);
        svg.Write($"<rect x=\"{x}\" y=\"{y}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"#0072b2\" fill-opacity=\"{share:0.###}\"");
        svg.Write($" stroke=\"#e4e4e4\"/>\n");
        svg.Write($"<text x=\"{x + (Cell / 2)}\" y=\"{y + (Cell / 2) + 4}\" text-anchor=\"middle\" fill=\"{colour}\">");
        svg.Write($"<title>{right}, given {given}: {100 * share:0.0} %</title>{count}</text>\n");
    }

    private static string Row(IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    private static string Percent(double share) => Invariant($"{100 * share:F1}");
}
