using System.CommandLine;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Validation photos with their captions.</summary>
internal sealed class CaptionJudgeOptions : IJudgeOptions
{
    private readonly Option<FileInfo> captions = new("--captions") { Description = "Captions: what people wrote, as for evaluate." };
    private readonly Option<DirectoryInfo> images = new("--images") { Description = "Captions: folder of the validation photos." };
    private readonly Option<FileInfo> split = new("--split") { Description = "Captions: names of the validation photos, one a line." };

    public IReadOnlyList<Option> Options => [captions, images, split];

    public string For => "captions";

    public PrecisionJudge Create(ParseResult arguments, ProgressReport progress)
    {
        var list = arguments.GetRequiredValue(split);
        string folder = arguments.GetRequiredValue(images).FullName, written = arguments.GetRequiredValue(captions).FullName;
        return new CaptionJudge(CaptionCorpus.ReadPhotos(list.FullName, folder, written), list.Name, progress);
    }
}
