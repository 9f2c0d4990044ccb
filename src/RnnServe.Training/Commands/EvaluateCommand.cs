using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Commands;

/// <summary>evaluate: BLEU of files, of a bundle in this process, or of a running server.</summary>
internal sealed class EvaluateCommand
{
    /// <summary>Texts in one request; the server takes 256 at most.</summary>
    private const int TextsPerRequest = 64;

    private readonly Option<FileInfo[]> references = new("--references", "-r")
    {
        Description = "The right answers: one file, or several with one reference each. Plain or .gz, one sentence a line.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<FileInfo?> hypotheses = new("--hypotheses") { Description = "Translations to score, one a line." };
    private readonly Option<FileInfo?> source = new("--source")
    {
        Description = "Texts to translate and score, one a line; needs --model or --server.",
    };

    private readonly Option<string?> model = new("--model", "-m")
    {
        Description = "Folder of a bundle to translate with; with --server, the name of a model.",
    };

    private readonly Option<string?> server = new("--server") { Description = "Address of a running server, such as http://localhost:8080." };
    private readonly Option<int?> beam = new("--beam") { Description = "Hypotheses kept per sentence, 1 to 16. Default: the bundle's." };
    private readonly Option<float?> lengthPenalty = new("--length-penalty")
    {
        Description = "Strength of the length penalty, 0 to 2. Default: the bundle's.",
    };

    private readonly Option<bool> lowerCase = new("--lowercase", "-lc") { Description = "Ignore case." };
    private readonly Option<FileInfo?> output = new("--output", "-o") { Description = "File for the translations." };

    public Command Create()
    {
        var command = new Command("evaluate", "Measure BLEU as sacreBLEU does, of a file of translations or of a model.")
        {
            references, hypotheses, source, model, server, beam, lengthPenalty, lowerCase, output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            await RunAsync(arguments, stop);
            return 0;
        });
        return command;
    }

    private async Task RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var references = arguments.GetRequiredValue(this.references).Select(file => ParallelCorpus.ReadLines(file.FullName)).ToList();
        var hypotheses = await HypothesesAsync(arguments, stop);
        if (references.FirstOrDefault(lines => lines.Count != hypotheses.Count) is { } wrong)
            throw new UserException($"There are {hypotheses.Count} translations but {wrong.Count} references.");
        if (hypotheses.Count == 0)
            throw new UserException("There is nothing to score: the files are empty.");

        if (arguments.GetValue(this.output) is { } output)
            await File.WriteAllLinesAsync(output.FullName, hypotheses, stop);
        var score = Bleu.Score(hypotheses, references, arguments.GetValue(lowerCase));
        Console.Out.WriteLine(score);
        Console.Out.WriteLine(score.Signature);
    }

    private async Task<IReadOnlyList<string>> HypothesesAsync(ParseResult arguments, CancellationToken stop)
    {
        var (hypotheses, source) = (arguments.GetValue(this.hypotheses), arguments.GetValue(this.source));
        if (hypotheses is null == source is null)
            throw new UserException("Give either --hypotheses, or --source with --model or --server.");
        if (hypotheses is not null)
            return ParallelCorpus.ReadLines(hypotheses.FullName);

        var texts = ParallelCorpus.ReadLines(source!.FullName);
        await using var translator = await TranslatorAsync(arguments, stop);
        return await TranslateAsync(texts, translator, stop);
    }

    /// <summary>Translates the lines that are not blank; the others stay empty, as a server refuses them.</summary>
    private static async Task<string[]> TranslateAsync(IReadOnlyList<string> texts, ITextTranslator translator, CancellationToken stop)
    {
        string[] translations = [.. texts.Select(_ => "")];
        int done = 0;
        foreach (int[] chunk in Enumerable.Range(0, texts.Count).Where(i => !string.IsNullOrWhiteSpace(texts[i])).Chunk(TextsPerRequest))
        {
            // A translation is one line of the output, whatever the model writes.
            var answers = await translator.TranslateAsync([.. chunk.Select(i => texts[i])], stop);
            foreach (var (i, answer) in chunk.Zip(answers))
                translations[i] = answer.ReplaceLineEndings(" ");
            done += chunk.Length;
            if (!Console.IsErrorRedirected)
                await Console.Error.WriteAsync($"\r{done}/{texts.Count} ");
        }

        if (!Console.IsErrorRedirected)
            await Console.Error.WriteLineAsync();
        return translations;
    }

    private async Task<ITextTranslator> TranslatorAsync(ParseResult arguments, CancellationToken stop)
    {
        var search = new SearchSettings(arguments.GetValue(beam), arguments.GetValue(lengthPenalty));
        string? model = arguments.GetValue(this.model);
        if (arguments.GetValue(this.server) is { } server)
        {
            if (!Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var address)
                || !address.Scheme.StartsWith("http", StringComparison.Ordinal))
            {
                throw new UserException($"--server is '{server}'; it must be an address such as http://localhost:8080.");
            }

            var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
            return new ServerTranslator(client, model, search);
        }

        return model is not null
            ? await BundleTranslator.LoadAsync(model, search, stop)
            : throw new UserException("--source needs --model with a bundle's folder, or --server with an address.");
    }
}
