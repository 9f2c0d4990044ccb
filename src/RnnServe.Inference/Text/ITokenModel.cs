namespace RnnServe.Inference.Text;

/// <summary>The part of a tokenizer that turns one word into ids.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface ITokenModel
{
    /// <summary>Token of each id.</summary>
    IReadOnlyList<string> Tokens { get; }

    /// <summary>Ids that text can never become, except the one for unknown words.</summary>
    IReadOnlySet<int> Special { get; }

    /// <summary>The id of a token as it is written in the vocabulary; null where there is none.</summary>
    int? IdOf(string token);

    /// <summary>Appends the ids of one word.</summary>
    void Encode(ReadOnlySpan<char> word, List<int> ids);
}
