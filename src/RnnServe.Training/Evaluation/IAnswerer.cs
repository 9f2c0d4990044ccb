namespace RnnServe.Training.Evaluation;

/// <summary>Answers the inputs that are to be scored: in this process, or through a server.</summary>
internal interface IAnswerer : IAsyncDisposable
{
    /// <summary>Answers some texts, or photos by their files' paths, in their order.</summary>
    /// <exception cref="UserException">One of them is refused in this process.</exception>
    /// <exception cref="ServerRefusalException">One of them is refused by the server.</exception>
    Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> inputs, CancellationToken cancellation);
}
