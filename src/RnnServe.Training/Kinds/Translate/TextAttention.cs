using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Which words of a text a translating model looked at for each word of the translation.</summary>
/// <param name="Source">Tokens of the text.</param>
/// <param name="Target">Tokens of the translation.</param>
/// <param name="Weights">One row for each target token, one column for each source token.</param>
internal sealed record TextAttention(
    IReadOnlyList<string> Source, IReadOnlyList<string> Target, IReadOnlyList<IReadOnlyList<float>> Weights)
{
    private const double Cell = 28, Letter = 8, Gap = 12;

    /// <summary>Draws a matrix, the source above and the translation at the left; the darker, the more attention.</summary>
    /// <remarks>As figure 3 of Bahdanau et al. 2015, "Neural Machine Translation by Jointly Learning to Align and Translate"
    /// (arXiv:1409.0473).</remarks>
    public string Draw()
    {
        double left = (2 * Gap) + (Letter * Longest(Target)), top = (2 * Gap) + (Letter * Longest(Source));
        var svg = Svg.Open(left + (Source.Count * Cell) + Gap, top + (Target.Count * Cell) + Gap, string.Join(' ', Target));
        for (int column = 0; column < Source.Count; column++)
        {
            double x = left + ((column + 0.5) * Cell) + 4;
            svg.Write($"<text transform=\"translate({x} {top - 8}) rotate(-90)\">{Svg.Text(Source[column])}</text>\n");
        }

        for (int row = 0; row < Target.Count; row++)
        {
            double y = top + (row * Cell);
            svg.Write($"<text x=\"{left - 8}\" y=\"{y + (Cell / 2) + 4}\" text-anchor=\"end\">{Svg.Text(Target[row])}</text>\n");
            for (int column = 0; column < Source.Count; column++)
            {
                svg.Write($"<rect x=\"{left + (column * Cell)}\" y=\"{y}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"#0072b2\"");
                svg.Write($" fill-opacity=\"{Weights[row][column]:0.###}\" stroke=\"#e4e4e4\">");
                svg.Write($"<title>{Svg.Text(Target[row])}, {Svg.Text(Source[column])}: {Weights[row][column]:0.00}</title></rect>\n");
            }
        }

        return svg.Close();
    }

    private static int Longest(IReadOnlyList<string> tokens) => tokens.Max(token => token.Length);
}
