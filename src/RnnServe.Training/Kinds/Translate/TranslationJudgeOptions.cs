using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Validation texts with their translations.</summary>
internal sealed class TranslationJudgeOptions : IJudgeOptions
{
    private readonly Option<FileInfo> source = new("--source") { Description = "Translations: validation texts, one a line." };
    private readonly Option<FileInfo> references = new("--references", "-r") { Description = "Translations: the right ones, one a line." };

    public IReadOnlyList<Option> Options => [source, references];

    public string For => "a translator";

    public PrecisionJudge Create(ParseResult arguments, ProgressReport progress)
    {
        FileInfo texts = arguments.GetRequiredValue(source), right = arguments.GetRequiredValue(references);
        return new TranslationJudge(ParallelCorpus.Read([texts.FullName], [right.FullName]).Pairs, $"{texts.Name}, {right.Name}", progress);
    }
}
