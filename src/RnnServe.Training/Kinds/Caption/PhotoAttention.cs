using System.Text;
using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Where in a photo a captioning model looked for each word.</summary>
/// <param name="Png">The photo, or the part of it that the model sees.</param>
/// <param name="Aspect">Its height divided by its width.</param>
/// <param name="Rows">Of the cells that the model sees it as.</param>
/// <param name="Columns">Likewise.</param>
/// <param name="Words">The words of the caption.</param>
/// <param name="Weights">One row for each word, one column for each cell, row by row of the cells.</param>
internal sealed record PhotoAttention(
    byte[] Png, double Aspect, int Rows, int Columns, IReadOnlyList<string> Words, IReadOnlyList<IReadOnlyList<float>> Weights)
{
    private const double Width = 180, Label = 24, Gap = 12;
    private const int TilesInARow = 6;

    private double Height => Math.Round(Width * Aspect);

    /// <summary>Draws the photo, and once more for each word: bright where the model looked, dark elsewhere.</summary>
    /// <remarks>As figure 3 of Xu et al. 2015, "Show, Attend and Tell" (arXiv:1502.03044). The cell that a word looked at most is as
    /// bright as the photo and a little paler; its weight is in the tile's title.</remarks>
    public string Draw()
    {
        int tiles = Words.Count + 1;
        int columns = Math.Min(TilesInARow, tiles), rows = (tiles + columns - 1) / columns;
        var svg = Svg.Open(Gap + (columns * (Width + Gap)), Gap + (rows * (Label + Height + Gap)), string.Join(' ', Words));
        Define(svg);
        for (int tile = 0; tile < tiles; tile++)
        {
            double x = Gap + (tile % columns * (Width + Gap)), y = Gap + (tile / columns * (Label + Height + Gap));
            svg.Write($"<g transform=\"translate({x} {y + Label})\">\n");
            if (tile == 0)
                svg.Append("<use href=\"#photo\"/>\n");
            else
                Word(svg, tile - 1);
            svg.Append("</g>\n");
        }

        return svg.Close();
    }

    /// <summary>The photo, and the blur that makes cells into a spot, by a third of a cell.</summary>
    private void Define(StringBuilder svg)
    {
        svg.Write($"<defs>\n<image id=\"photo\" width=\"{Width}\" height=\"{Height}\" preserveAspectRatio=\"none\" ");
        svg.Write($"href=\"data:image/png;base64,{Convert.ToBase64String(Png)}\"/>\n");
        svg.Write($"<filter id=\"soft\" filterUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" width=\"{Width}\" height=\"{Height}\">");
        svg.Write($"<feGaussianBlur stdDeviation=\"{Width / Columns / 3:0.##} {Height / Rows / 3:0.##}\"/></filter>\n</defs>\n");
    }

    private void Word(StringBuilder svg, int word)
    {
        var weights = Weights[word];
        float most = weights.Max();
        int cell = weights.ToList().IndexOf(most);
        svg.Write($"<title>{Svg.Text(Words[word])}: {most:0.00} at row {(cell / Columns) + 1}, column {(cell % Columns) + 1}</title>\n");
        svg.Write($"<text x=\"{Width / 2}\" y=\"-7\" text-anchor=\"middle\" font-size=\"15\">{Svg.Text(Words[word])}</text>\n");
        svg.Write($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#000\"/>\n<use href=\"#photo\" opacity=\"0.25\"/>\n");
        svg.Write($"<mask id=\"word{word}\"><g filter=\"url(#soft)\">");
        for (int i = 0; i < weights.Count; i++)
        {
            double x = i % Columns * Width / Columns, y = i / Columns * Height / Rows;
            svg.Write($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{Width / Columns:0.##}\" height=\"{Height / Rows:0.##}\"");
            svg.Write($" fill=\"#fff\" fill-opacity=\"{weights[i] / most:0.###}\"/>");
        }

        // A veil of white shows the place in dark photos too.
        svg.Write($"</g></mask>\n<use href=\"#photo\" mask=\"url(#word{word})\"/>\n");
        svg.Write($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\" opacity=\"0.4\" mask=\"url(#word{word})\"/>\n");
    }
}
