using System.Globalization;
using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>The 256 tokens "&lt;0x00&gt;" to "&lt;0xFF&gt;" that spell characters outside a vocabulary as UTF-8.</summary>
/// <param name="ids">Id of each token of a vocabulary that may lack some of them.</param>
internal sealed class ByteTokens(IReadOnlyDictionary<string, int> ids)
{
    private readonly int?[] known =
        [.. Enumerable.Range(0, 256).Select(value => ids.TryGetValue(Name((byte)value), out var id) ? id : (int?)null)];

    public static string Name(byte value) => $"<0x{value:X2}>";

    public static bool TryParse(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The bytes of a text, null if one of them has no token.</summary>
    public byte[]? Spell(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return Array.TrueForAll(bytes, value => known[value] is not null) ? bytes : null;
    }

    /// <summary>The token of a byte that <see cref="Spell"/> gave.</summary>
    public int Id(byte value) => known[value]!.Value;
}
