namespace RnnServe.Inference.Text;

/// <summary>The tokens of a tokenizer.</summary>
/// <param name="Tokens">Token of each id.</param>
/// <param name="Ids">Id of each token.</param>
/// <param name="Special">Ids that are left out of a decoded text.</param>
/// <param name="Reserved">
/// Ids that no word can spell: those of special tokens, of added tokens that the model does not have, and of bytes that spell characters.
/// </param>
/// <param name="Unknown">Stands for what has no token; null drops it.</param>
internal sealed record Vocabulary(
    IReadOnlyList<string> Tokens,
    IReadOnlyDictionary<string, int> Ids,
    IReadOnlySet<int> Special,
    IReadOnlySet<int> Reserved,
    int? Unknown);
