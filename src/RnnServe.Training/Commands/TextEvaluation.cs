using RnnServe.Training.Data;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Commands;

/// <summary>BLEU of translations.</summary>
/// <param name="References">The right answers, one file for each reference.</param>
/// <param name="Source">Texts to translate.</param>
/// <param name="LowerCase">Whether case is ignored.</param>
internal sealed record TextEvaluation(IReadOnlyList<FileInfo> References, FileInfo? Source, bool LowerCase)
{
    /// <summary>Texts in one request; the server takes 256 at most.</summary>
    private const int TextsPerRequest = 64;

    public async Task RunAsync(AnswerSource answers, CancellationToken stop)
    {
        var references = References.Select(file => ParallelCorpus.ReadLines(file.FullName)).ToList();
        var hypotheses = await HypothesesAsync(answers, stop);
        if (references.FirstOrDefault(lines => lines.Count != hypotheses.Count) is { } wrong)
            throw new UserException($"There are {hypotheses.Count} translations but {wrong.Count} references.");
        if (hypotheses.Count == 0)
            throw new UserException("There is nothing to score: the files are empty.");

        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, hypotheses, stop);
        var score = Bleu.Score(hypotheses, references, LowerCase);
        Console.Out.WriteLine(score);
        Console.Out.WriteLine(score.Signature);
    }

    private async Task<IReadOnlyList<string>> HypothesesAsync(AnswerSource answers, CancellationToken stop)
    {
        if (answers.Hypotheses is null == Source is null)
            throw new UserException("Give either --hypotheses, or --source with --model or --server.");
        if (answers.Hypotheses is not null)
            return ParallelCorpus.ReadLines(answers.Hypotheses.FullName);

        var texts = ParallelCorpus.ReadLines(Source!.FullName);
        await using var translator = await TranslatorAsync(answers, stop);
        return await TranslateAsync(texts, translator, stop);
    }

    /// <summary>Translates the lines that are not blank; the others stay empty, as a server refuses them.</summary>
    private static async Task<string[]> TranslateAsync(IReadOnlyList<string> texts, ITextTranslator translator, CancellationToken stop)
    {
        string[] translations = [.. texts.Select(_ => "")];
        int[] asked = [.. Enumerable.Range(0, texts.Count).Where(i => !string.IsNullOrWhiteSpace(texts[i]))];
        int done = 0;
        foreach (int[] chunk in asked.Chunk(TextsPerRequest))
        {
            // A translation is one line of the output, whatever the model writes.
            var found = await translator.TranslateAsync([.. chunk.Select(i => texts[i])], stop);
            foreach (var (i, translation) in chunk.Zip(found))
                translations[i] = translation.ReplaceLineEndings(" ");
            AnswerProgress.Report(done += chunk.Length, asked.Length);
        }

        return translations;
    }

    private static async Task<ITextTranslator> TranslatorAsync(AnswerSource answers, CancellationToken stop) => answers switch
    {
        { Server: { } server } => new ServerTranslator(ServerClient.Of(server), answers.Model, answers.Search),
        { Model: { } model } => await BundleTranslator.LoadAsync(model, answers.Search, stop),
        _ => throw new UserException("--source needs --model with a bundle's folder, or --server with an address."),
    };
}
