namespace RnnServe.Inference.Text;

/// <summary>Text to token ids and back, as a Hugging Face tokenizer.json with a model of byte pairs (BPE) or whole words (WordLevel) describes it.</summary>
/// <remarks>
/// Thread-safe. Tokenizers that <see cref="BpeLearner"/> learns give every text back exactly, except that it comes back in Unicode
/// normalisation form C, that U+2581 (which stands for a space inside tokens) comes back as a space, and half a surrogate pair as
/// U+FFFD. Those of <see cref="WordLearner"/> give known words back, in lower case and one space apart. Special tokens that a user types, such as "&lt;/s&gt;", are encoded as the plain characters they are: other implementations
/// of the format would turn them into control tokens.
/// </remarks>
public sealed class Tokenizer
{
    private readonly byte[] json;
    private readonly ITokenModel model;
    private readonly TextPipeline pipeline;

    private Tokenizer(byte[] json, ITokenModel model, TextPipeline pipeline) =>
        (this.json, this.model, this.pipeline) = (json, model, pipeline);

    /// <summary>Number of tokens; ids are 0 to this, exclusive.</summary>
    public int VocabularySize => model.Tokens.Count;

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
        var (model, pipeline) = TokenizerReader.Read(copy);
        return new Tokenizer(copy, model, pipeline);
    }

    /// <summary>The ids of a text, without any special token around them.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        foreach (var word in pipeline.SplitWords(text))
            model.Encode(word.Span, ids);
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
            if (!model.Special.Contains(id))
                tokens.Add(token);
        }

        return pipeline.Join(tokens);
    }

    /// <summary>A token as it is written in the vocabulary, where U+2581 stands for a space.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenText(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return model.Tokens[id];
    }

    /// <summary>The id of a token as it is written in the vocabulary, special ones included; null where there is none.</summary>
    public int? IdOf(string token) => model.IdOf(token);

    /// <summary>The tokenizer.json that this tokenizer was made from, byte for byte.</summary>
    public byte[] ToJson() => [.. json];
}
