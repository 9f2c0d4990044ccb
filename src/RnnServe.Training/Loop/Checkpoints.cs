using RnnServe.Inference.Onnx;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Loop;

/// <summary>Keeps the latest, the previous and the best checkpoint of a training.</summary>
internal sealed class Checkpoints
{
    private const string AveragePrefix = "average/";

    private readonly RunFolder folder;
    private readonly string recipe;
    private readonly IReadOnlyList<CheckpointArray> all;
    private readonly IReadOnlyList<CheckpointArray> averages;

    /// <param name="folder">Where they are kept.</param>
    /// <param name="recipe">Hash of the recipe: a checkpoint of another recipe is refused.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="adam">Its moments are part of the state.</param>
    /// <param name="average">The averaged weights, which alone make up the best checkpoint.</param>
    public Checkpoints(RunFolder folder, string recipe, ParameterSet parameters, Adam adam, MovingAverage average)
    {
        this.folder = folder;
        this.recipe = recipe;
        averages = Named(AveragePrefix, parameters, average.Averages);
        all = [
            .. Named("weights/", parameters, [.. parameters.All.Select(p => p.Value)]),
            .. Named("adam.first/", parameters, adam.FirstMoments),
            .. Named("adam.second/", parameters, adam.SecondMoments),
            .. averages,
        ];
    }

    /// <summary>Reads averaged weights, as the exporter and validation use them, from any checkpoint into a model.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of a model with other parameters.</exception>
    public static TrainingState LoadAverages(string path, ParameterSet parameters) =>
        CheckpointFile.Read(path, Named(AveragePrefix, parameters, [.. parameters.All.Select(p => p.Value)])).State;

    /// <summary>Threads with which the training in a folder began; 0 where no checkpoint says so.</summary>
    public static int ThreadsOf(RunFolder folder)
    {
        foreach (string path in new[] { folder.Latest, folder.Previous }.Where(File.Exists))
        {
            try
            {
                return CheckpointFile.ReadHeader(path).State.Threads;
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                // Restoring tells of it.
            }
        }

        return 0;
    }

    /// <summary>Writes the latest checkpoint; the one before becomes the previous.</summary>
    public void Save(TrainingState state)
    {
        string next = folder.Latest + ".next";
        CheckpointFile.Write(next, recipe, state, all);
        if (File.Exists(folder.Latest))
            File.Move(folder.Latest, folder.Previous, overwrite: true);
        File.Move(next, folder.Latest, overwrite: true);
    }

    /// <summary>Writes the averaged weights as the best.</summary>
    public void SaveBest(TrainingState state) => CheckpointFile.Write(folder.Best, recipe, state, averages);

    /// <summary>Restores the newest usable checkpoint.</summary>
    /// <param name="warn">Told about a damaged one.</param>
    /// <exception cref="UserException">There is none, or it is of another recipe.</exception>
    public TrainingState Restore(Action<string> warn)
    {
        foreach (string path in new[] { folder.Latest, folder.Previous }.Where(File.Exists))
        {
            try
            {
                return RestoreFrom(path);
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                warn(error.Message);
            }
        }

        throw new UserException($"There is no usable checkpoint in '{folder.Path}'. Train without --resume to start anew.");
    }

    private TrainingState RestoreFrom(string path)
    {
        if (CheckpointFile.ReadHeader(path).Recipe != recipe)
        {
            throw new UserException(
                $"Checkpoint '{path}' was written with another recipe. Restore the recipe (compare with '{folder.Recipe}'), or choose "
                    + "another --output.");
        }

        return CheckpointFile.Read(path, all).State;
    }

    private static CheckpointArray[] Named(string prefix, ParameterSet parameters, IReadOnlyList<Tensor> tensors) =>
        [.. parameters.All.Zip(tensors, (parameter, tensor) => new CheckpointArray(prefix + parameter.Name, tensor))];
}
