using RnnServe.Inference.Kinds.Classify;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Draws how much each token counted, as bars.</summary>
internal static class TokenPicture
{
    private const double Row = 24, Letter = 8, Gap = 12, Longest = 320, Title = 38, Number = 48;

    /// <param name="attention">Tokens and weights.</param>
    /// <param name="title">What the model said.</param>
    public static string Draw(ClassificationAttention attention, string title)
    {
        double left = (2 * Gap) + (Letter * attention.Tokens.Max(token => token.Length)), greatest = attention.Weights.Max();
        double width = Math.Max(left + Longest + Number, (Letter * title.Length) + (2 * Gap));
        var svg = Svg.Open(width, Title + (attention.Tokens.Count * Row) + Gap, title);
        svg.Write($"<text x=\"{Gap}\" y=\"26\" font-size=\"15\" font-weight=\"600\">{Svg.Text(title)}</text>\n");
        for (int i = 0; i < attention.Tokens.Count; i++)
        {
            double y = Title + (i * Row), length = Longest * attention.Weights[i] / greatest;
            svg.Write($"<text x=\"{left - 8}\" y=\"{y + 16}\" text-anchor=\"end\">{Svg.Text(attention.Tokens[i])}</text>\n");
            svg.Write($"<rect x=\"{left}\" y=\"{y + 3}\" width=\"{length:0.#}\" height=\"{Row - 6}\" fill=\"#0072b2\"/>\n");
            svg.Write($"<text x=\"{left + length + 6:0.#}\" y=\"{y + 16}\">{attention.Weights[i]:0.00}</text>\n");
        }

        return svg.Close();
    }
}
