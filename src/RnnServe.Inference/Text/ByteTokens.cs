using System.Globalization;

namespace RnnServe.Inference.Text;

/// <summary>The 256 tokens "&lt;0x00&gt;" to "&lt;0xFF&gt;" that spell characters outside a vocabulary as UTF-8.</summary>
internal static class ByteTokens
{
    public static string Name(byte value) => $"<0x{value:X2}>";

    public static bool TryParse(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
