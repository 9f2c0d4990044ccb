namespace RnnServe.Inference.Text;

/// <summary>What a tokenizer.json with a model of whole words says, checked.</summary>
/// <param name="Tokens">Token of each id.</param>
/// <param name="Special">Ids that text can never become, except <paramref name="Unknown"/>.</param>
/// <param name="Unknown">Stands for words that are not in the vocabulary; null drops them.</param>
internal sealed record WordVocabulary(IReadOnlyList<string> Tokens, IReadOnlySet<int> Special, int? Unknown);

/// <summary>Words to ids, one each: Hugging Face's "WordLevel".</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WordModel : ITokenModel
{
    private readonly WordVocabulary vocabulary;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    public WordModel(WordVocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
            ids[vocabulary.Tokens[id]] = id;
    }

    public IReadOnlyList<string> Tokens => vocabulary.Tokens;

    public IReadOnlySet<int> Special => vocabulary.Special;

    public int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (this.ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var id) && !vocabulary.Special.Contains(id))
            ids.Add(id);
        else if (vocabulary.Unknown is { } unknown)
            ids.Add(unknown);
    }
}
