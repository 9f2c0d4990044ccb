using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Tests.Bundles;
using RnnServe.Training.Export;

namespace RnnServe.Tests.Training;

/// <summary>Trains and exports on the CNN of a package: the bundle uses its weights and does not hold them.</summary>
public sealed class PackageCaptionTests
{
    private const string Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18";

    [Fact]
    public async Task A_bundle_takes_the_CNN_from_beside_the_program_and_says_when_it_is_not_there_or_another_one()
    {
        const string Sizes = "\"embedding\": 24, \"hidden\": 64, \"attentionSize\": 32, \"memory\": 64";
        const string Training = "\"epochs\": 1, \"learningRate\": 0.006, \"warmUpSteps\": 2";
        using var project = new ToyPhotos(Sizes, Training, photos: 64);
        project.WriteRecipe("package.json", Training, $$"""
            "backbone": {
              "package": "{{Package}}", "output": "ReLU347_Output_0", "size": 64, "channels": "bgr",
              "mean": [0.482948, 0.454521, 0.404167], "std": [0.00392157, 0.00392157, 0.00392157],
            },
            "model": { {{Sizes}} },
            """);

        Assert.Equal(0, project.Train("package.json"));
        string bundle = project.Export();

        var file = Assert.Single(BundleReader.Load(bundle).Manifest.Files, f => f.Package is not null);
        Assert.Equal(("ResNet18.onnx", $"{Package} 0.23.1"), (file.Path, file.Package));
        Assert.DoesNotContain("ResNet18.onnx", Directory.GetFiles(bundle).Select(Path.GetFileName));
        Assert.InRange(new FileInfo(Path.Combine(bundle, "encoder.onnx")).Length, 1000, 200_000);
        Assert.Contains($"- CNN: `{Package}`, output `ReLU347_Output_0`", File.ReadAllText(Path.Combine(bundle, "README.md")), StringComparison.Ordinal);
        foreach (string precision in PrecisionSet.Names)
            await (await Captioner.LoadAsync(bundle, new BatchingOptions(), new() { Precision = precision })).DisposeAsync();
        Assert.Equal(BundleReader.Load(bundle).Manifest.Canary!.Answers, CanaryRecorder.RecordAgain(bundle).Answers);

        Refuse(f => f with { Path = "Other.onnx" }, $"Other.onnx: files[5].path: found no such file beside the program, expected the file of the package {Package} 0.23.1.");
        string other = new('0', 64);
        Refuse(f => f with { Path = "ResNet18.onnx", Sha256 = other }, $"ResNet18.onnx: files[5].sha256: found {file.Sha256}, expected {other}, as in the package {Package} 0.23.1.");

        void Refuse(Func<FileManifest, FileManifest> change, string message)
        {
            TinyBundle.Edit(bundle, m => m with { Files = [.. m.Files.Select(f => f.Package is null ? f : change(f))] });
            Assert.Equal(message, Assert.Throws<ModelBundleException>(() => BundleReader.Load(bundle)).Message);
        }
    }
}
