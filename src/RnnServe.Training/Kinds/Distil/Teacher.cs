using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>A trained network that gives the features to match.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly Session session;
    private readonly int output;

    /// <param name="settings">File and output.</param>
    /// <param name="options">How the training's graphs are run.</param>
    /// <exception cref="UserException">The file has no such output, or other inputs than one image.</exception>
    public Teacher(TeacherSettings settings, ExecutionOptions options)
    {
        // Its threads sleep at once when they are idle: spinning, they would hold up those of the training.
        session = new(settings.Path, options with { Spinning = false });
        output = session.Outputs.ToList().FindIndex(o => o.Name == settings.Output);
        if (output >= 0 && session.Inputs.Count == 1)
            return;
        string found = $"has {session.Inputs.Count} inputs and the outputs {string.Join(", ", session.Outputs.Select(o => o.Name))}";
        session.Dispose();
        throw new UserException($"'{settings.Path}' {found}; a teacher has one input, and teacher.output is \"{settings.Output}\".");
    }

    /// <summary>Features of images.</summary>
    /// <param name="image">[B, 3, Y, X].</param>
    /// <returns>[B, C, rows, columns]; the caller's.</returns>
    public Tensor Features(Tensor image)
    {
        var outputs = new Tensor?[1];
        using var binding = new Binding(session, output);
        binding.Run([image], outputs);
        return outputs[0]!;
    }

    public void Dispose() => session.Dispose();
}
