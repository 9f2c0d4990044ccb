using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Text to token ids and back, as a Hugging Face tokenizer.json describes it.</summary>
/// <remarks>
/// Thread-safe. Tokenizers that <see cref="BpeLearner"/> learns give every text back exactly, except that it comes back in Unicode
/// normalisation form C, that U+2581 (which stands for a space inside tokens) comes back as a space, and half a surrogate pair as
/// U+FFFD. Those of <see cref="WordLearner"/> give known words back, in lower case and one space apart. Special tokens that a user types,
/// such as "&lt;/s&gt;", are encoded as the plain characters they are: other implementations of the format would turn them into control
/// tokens.
/// </remarks>
public sealed class Tokenizer
{
    private readonly byte[] json;
    private readonly TokenizerParts parts;

    private Tokenizer(byte[] json, TokenizerParts parts) => (this.json, this.parts) = (json, parts);

    /// <summary>Number of tokens; ids are 0 to this, exclusive.</summary>
    public int VocabularySize => parts.Vocabulary.Tokens.Count;

    /// <summary>The token that stands for what has none, whatever it is called; null where such characters are dropped or spelt in
    /// bytes.</summary>
    public int? UnknownId => parts.Vocabulary.Unknown;

    /// <summary>Tokens that are left out of a decoded text.</summary>
    internal IReadOnlySet<int> SpecialIds => parts.Vocabulary.Special;

    /// <summary>Reads a tokenizer.json file.</summary>
    /// <exception cref="InvalidDataException">The file is no tokenizer.json, or asks for something that is not supported.</exception>
    public static Tokenizer Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>Reads the contents of a tokenizer.json file.</summary>
    /// <exception cref="InvalidDataException">It is no tokenizer.json, or asks for something that is not supported.</exception>
    public static Tokenizer Parse(ReadOnlySpan<byte> json)
    {
        var copy = json.ToArray();
        return new Tokenizer(copy, TokenizerReader.Read(copy));
    }

    /// <summary>The ids of a text, without any special token around them.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        text = WellFormed(text);
        if (parts.Added is null)
            EncodeUnnormalized(text, first: true, ids);
        else
            parts.Added.Encode(text, first: true, ids, EncodeUnnormalized);
        return [.. ids];
    }

    /// <summary>The text of some ids; special tokens are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            var token = TokenText(id);
            if (!parts.Vocabulary.Special.Contains(id))
                tokens.Add(token);
        }

        return parts.Pipeline.Join(tokens);
    }

    /// <summary>A token as it is written in the vocabulary, where U+2581 stands for a space.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenText(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return parts.Vocabulary.Tokens[id];
    }

    /// <summary>The id of a token as it is written in the vocabulary, special ones included; null where there is none.</summary>
    public int? IdOf(string token) => parts.Vocabulary.Ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The characters that tokens consist of: every other one is spelt with bytes or unknown.</summary>
    internal HashSet<Rune> Alphabet() =>
    [
        .. Enumerable.Range(0, VocabularySize).SelectMany(id => Decode([id]).EnumerateRunes())
            .Where(rune => rune != Rune.ReplacementChar),
    ];

    /// <summary>The tokenizer.json that this tokenizer was made from, byte for byte.</summary>
    public byte[] ToJson() => [.. json];

    private void EncodeUnnormalized(string text, bool first, List<int> ids)
    {
        text = parts.Pipeline.Normalize(text);
        if (parts.AddedLater is null)
            EncodeWords(text, first, ids);
        else
            parts.AddedLater.Encode(text, first, ids, EncodeWords);
    }

    private void EncodeWords(string text, bool first, List<int> ids)
    {
        foreach (var word in parts.Pipeline.SplitWords(text, first))
            parts.Model.Encode(word.Span, ids);
    }

    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text)) : text;
}
