using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>BLEU of translations.</summary>
internal sealed class TranslationEvaluation : IEvaluation
{
    /// <summary>Texts in one request and their characters: less than a server takes by default, 256 and 100,000.</summary>
    private const int TextsPerRequest = 64, CharactersPerRequest = 50_000;

    private readonly Option<FileInfo[]> references = new("--references", "-r")
    {
        Description = "Translations: the right ones. One file, or several with one reference each. Plain or .gz, one sentence a line.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<FileInfo?> source = new("--source")
    {
        Description = "Translations: texts to translate and score, one a line; needs --model or --server.",
    };

    private readonly Option<bool> lowerCase = new("--lowercase", "-lc") { Description = "Translations: ignore case." };

    private readonly Option<int> leastWords = new("--least-words")
    {
        Description = "Translations: leave out lines with fewer words in the source or in a reference; needs --source.",
    };

    public IReadOnlyList<Option> Options => [references, source, lowerCase, leastWords];

    public string Answers => "Translations";

    public string Form => "one a line";

    public string Measure => "BLEU as sacreBLEU does";

    public async Task RunAsync(ParseResult arguments, AnswerSource answers, CancellationToken stop)
    {
        var references = arguments.GetRequiredValue(this.references).Select(file => ParallelCorpus.ReadLines(file.FullName)).ToList();
        var source = arguments.GetValue(this.source);
        var lines = Lines(source, answers);
        if (references.FirstOrDefault(list => list.Count != lines.Count) is { } wrong)
            throw new UserException($"There are {lines.Count} translations but {wrong.Count} references.");
        if (arguments.GetValue(leastWords) is var least && least > 0)
            (lines, references) = WithWords(least, source, lines, references);
        if (lines.Count == 0)
            throw new UserException("There is nothing to score: the files are empty.");
        OutputFile.Check(answers.Output);

        var hypotheses = source is null ? lines : await TranslateAsync(lines, answers, stop);
        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, hypotheses, stop);
        var score = Bleu.Score(hypotheses, references, arguments.GetValue(lowerCase));
        Console.Out.WriteLine(score);
        Console.Out.WriteLine(score.Signature);
    }

    /// <summary>The lines of the source, or of the translations that are there already.</summary>
    private static IReadOnlyList<string> Lines(FileInfo? source, AnswerSource answers)
    {
        if (answers.Hypotheses is null == source is null)
            throw new UserException("Give either --hypotheses, or --source with --model or --server.");
        if (source is not null && answers is { Model: null, Server: null })
            throw new UserException("--source needs --model with a bundle's folder, or --server with an address.");
        return ParallelCorpus.ReadLines((source ?? answers.Hypotheses!).FullName);
    }

    /// <summary>The lines that have so many words in each file.</summary>
    private static (IReadOnlyList<string> Lines, List<IReadOnlyList<string>> References) WithWords(
        int least, FileInfo? source, IReadOnlyList<string> lines, List<IReadOnlyList<string>> references)
    {
        if (source is null)
            throw new UserException("--least-words needs --source, whose words are counted.");
        int[] kept = [.. Enumerable.Range(0, lines.Count).Where(i => references.Prepend(lines).All(file => Words(file[i]) >= least))];
        Console.Out.WriteLine(Invariant($"{kept.Length} of {lines.Count} lines have {least} words or more."));
        return ([.. kept.Select(i => lines[i])], references.ConvertAll(IReadOnlyList<string> (file) => [.. kept.Select(i => file[i])]));

        static int Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <summary>Translates the lines that are not blank; the others stay empty, as a server refuses them.</summary>
    private static async Task<string[]> TranslateAsync(IReadOnlyList<string> texts, AnswerSource answers, CancellationToken stop)
    {
        await using IAnswerer translator = answers.Server is { } server
            ? new ServerTranslator(ServerClient.Of(server), answers.Model, answers.Search)
            : await BundleTranslator.LoadAsync(answers.Model!, answers.Search, stop);
        string[] translations = [.. texts.Select(_ => "")];
        int[] asked = [.. Enumerable.Range(0, texts.Count).Where(i => !string.IsNullOrWhiteSpace(texts[i]))];
        for (int done = 0; done < asked.Length;)
        {
            int[] chunk = [.. Chunk(texts, asked.AsSpan(done))];
            var found = await translator.AnswerAsync([.. chunk.Select(i => texts[i])], stop);

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
