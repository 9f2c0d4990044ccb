using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;

namespace RnnServe.Training.Drawings;

/// <summary>Writes SVG: numbers with points whatever the machine's language, and text that stays text.</summary>
internal static class Svg
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>Starts a picture on a white ground.</summary>
    public static StringBuilder Open(double width, double height, string title)
    {
        var svg = new StringBuilder();
        svg.Write($"<svg xmlns=\"{Namespace}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\"");
        svg.Write($" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#333\" role=\"img\">\n");
        svg.Write($"<title>{Text(title)}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        return svg;
    }

    /// <summary>Ends the picture.</summary>
    public static string Close(this StringBuilder svg) => svg.Append("</svg>\n").ToString();

    /// <summary>Adds elements.</summary>
    public static void Write(this StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Text as XML: tokens may hold anything.</summary>
    public static string Text(string text) => SecurityElement.Escape(
        string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD')));
}
