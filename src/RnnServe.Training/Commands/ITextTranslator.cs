namespace RnnServe.Training.Commands;

/// <summary>Translates the texts that are to be scored: in this process, or through a server.</summary>
internal interface ITextTranslator : IAsyncDisposable
{
    /// <summary>Translates some texts, in their order.</summary>
    Task<IReadOnlyList<string>> TranslateAsync(IReadOnlyList<string> texts, CancellationToken cancellation);
}
