using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>Training a network for images to give a teacher's features.</summary>
internal sealed class DistillationTask(DistillationRecipe recipe) : ITrainingTask
{
    /// <summary>Photos over which the teacher's mean and deviation are measured.</summary>
    private const int StandardisedOn = 512;

    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var files = PhotoFiles.Find(recipe.Data);
        progress.Say($"Photos: {files.Train.Count:N0} to learn from, {files.HeldOut.Count:N0} to validate with.");
        var photos = Photos(files);
        if (photos.Count == 0)
        {
            throw new UserException(
                $"There are {files.Train.Count} photos to learn from, and training.batchSentences is {recipe.Training.BatchSentences}: it "
                + "must be no more than there are.");
        }

        var teacher = new Teacher(recipe.Teacher, recipe.Training.Execution());
        int channels = Channels(teacher, photos);
        var graph = new LossGraph(training => Distillation.Build(recipe.Network, channels, training), recipe.Training);
        if (!resume)
            Distillation.Standardise(Features(teacher, photos.Sample(StandardisedOn)), graph.Parameters);
        return new(graph, new DistillationBatches(photos, teacher)) { Unit = new("photo", "images", IsLikelihood: false) };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress)
    {
        var files = PhotoFiles.Find(recipe.Data);
        int channels;
        using (var teacher = new Teacher(recipe.Teacher, recipe.Training.Execution()))
            channels = Channels(teacher, Photos(files));
        return DistillationExporter.Export(recipe.Network, channels, Photos(files), folder, progress);
    }

    private PhotoBatches Photos(PhotoFiles files) =>
        new(files, recipe.Augmentation, recipe.Network.Size, recipe.Training.BatchSentences, recipe.Data.Memory * 1_000_000L)
        {
            Seed = (ulong)recipe.Training.Seed,
        };

    private static IEnumerable<Tensor> Features(Teacher teacher, IEnumerable<Batch> batches)
    {
        foreach (var batch in batches)
        {
            using (batch)
            {
                using var features = teacher.Features(batch.Inputs["image"]);
                yield return features;
            }
        }
    }

    /// <summary>The teacher's channels; its cells must be the network's.</summary>
    private int Channels(Teacher teacher, PhotoBatches photos)
    {
        var (grid, size) = (recipe.Network.Grid, recipe.Network.Size);
        foreach (var features in Features(teacher, photos.Sample(1)))
        {
            long[] shape = features.Shape.ToArray();
            return shape is [_, var channels, var rows, var columns] && rows == grid && columns == grid
                ? (int)channels
                : throw new UserException(
                    $"Output \"{recipe.Teacher.Output}\" of '{recipe.Teacher.Path}' is [{string.Join(", ", shape.Skip(1))}] for an "
                    + $"image of {size} x {size}, and the network's features have {grid} x {grid} cells: choose another output or another "
                    + "network.size.");
        }

        throw new InvalidOperationException("There is no photo.");
    }
}
