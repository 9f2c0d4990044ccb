using RnnServe.Training.Data;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Commands;

/// <summary>BLEU of translations.</summary>
/// <param name="References">The right answers, one file for each reference.</param>
/// <param name="Source">Texts to translate.</param>
/// <param name="LowerCase">Whether case is ignored.</param>
internal sealed record TextEvaluation(IReadOnlyList<FileInfo> References, FileInfo? Source, bool LowerCase)
{
    /// <summary>Texts in one request and their characters: less than a server takes by default, 256 and 100,000.</summary>
    private const int TextsPerRequest = 64, CharactersPerRequest = 50_000;

    public async Task RunAsync(AnswerSource answers, CancellationToken stop)
    {
        var references = References.Select(file => ParallelCorpus.ReadLines(file.FullName)).ToList();
        var lines = Lines(answers);
        if (references.FirstOrDefault(list => list.Count != lines.Count) is { } wrong)
            throw new UserException($"There are {lines.Count} translations but {wrong.Count} references.");
        if (lines.Count == 0)
            throw new UserException("There is nothing to score: the files are empty.");
        OutputFile.Check(answers.Output);

        var hypotheses = Source is null ? lines : await TranslateAsync(lines, answers, stop);
        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, hypotheses, stop);
        var score = Bleu.Score(hypotheses, references, LowerCase);
        Console.Out.WriteLine(score);
        Console.Out.WriteLine(score.Signature);
    }

    /// <summary>The lines of the source, or of the translations that are there already.</summary>
    private IReadOnlyList<string> Lines(AnswerSource answers)
    {
        if (answers.Hypotheses is null == Source is null)
            throw new UserException("Give either --hypotheses, or --source with --model or --server.");
        if (Source is not null && answers is { Model: null, Server: null })
            throw new UserException("--source needs --model with a bundle's folder, or --server with an address.");
        return ParallelCorpus.ReadLines((Source ?? answers.Hypotheses!).FullName);
    }

    /// <summary>Translates the lines that are not blank; the others stay empty, as a server refuses them.</summary>
    private static async Task<string[]> TranslateAsync(IReadOnlyList<string> texts, AnswerSource answers, CancellationToken stop)
    {
        await using ITextTranslator translator = answers.Server is { } server
            ? new ServerTranslator(ServerClient.Of(server), answers.Model, answers.Search)
            : await BundleTranslator.LoadAsync(answers.Model!, answers.Search, stop);
        string[] translations = [.. texts.Select(_ => "")];
        int[] asked = [.. Enumerable.Range(0, texts.Count).Where(i => !string.IsNullOrWhiteSpace(texts[i]))];
        for (int done = 0; done < asked.Length;)
        {
            int[] chunk = [.. Chunk(texts, asked.AsSpan(done))];
            var found = await translator.TranslateAsync([.. chunk.Select(i => texts[i])], stop);

            // A translation is one line of the output, whatever the model writes.
            foreach (var (i, translation) in chunk.Zip(found))
                translations[i] = translation.ReplaceLineEndings(" ");
            AnswerProgress.Report(done += chunk.Length, asked.Length);
        }

        return translations;
    }

    /// <summary>The first lines that make a request; at least one.</summary>
    private static ReadOnlySpan<int> Chunk(IReadOnlyList<string> texts, ReadOnlySpan<int> asked)
    {
        int count = 1;
        for (int room = CharactersPerRequest - texts[asked[0]].Length; count < Math.Min(TextsPerRequest, asked.Length); count++)
        {
            if ((room -= texts[asked[count]].Length) < 0)
                break;
        }

        return asked[..count];
    }
}
