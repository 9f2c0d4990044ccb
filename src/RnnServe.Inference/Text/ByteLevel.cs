using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Bytes written as visible characters, GPT-2's way: a byte that is none in Latin-1 is one from U+0100 on.</summary>
internal static class ByteLevel
{
    private static readonly char[] Characters = new char[256];
    private static readonly Dictionary<char, byte> Bytes = [];

    static ByteLevel()
    {
        var next = 'Ā';
        for (var value = 0; value < Characters.Length; value++)
        {
            var visible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            Characters[value] = visible ? (char)value : next++;
            Bytes[Characters[value]] = (byte)value;
        }
    }

    /// <summary>The UTF-8 bytes of a text, a character each.</summary>
    public static string Spell(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(value => Characters[value]));

    /// <summary>The text that tokens spell together; a token that is not spelt in bytes stands for itself.</summary>
    public static string Decode(IEnumerable<string> tokens) => Encoding.UTF8.GetString([.. tokens.SelectMany(BytesOf)]);

    /// <summary>The bytes that a token spells; one that is not spelt in bytes stands for itself.</summary>
    public static byte[] BytesOf(string token) =>
        token.All(Bytes.ContainsKey) ? [.. token.Select(character => Bytes[character])] : Encoding.UTF8.GetBytes(token);
}
