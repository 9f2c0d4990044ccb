
namespace RnnServe.Inference.Models;

/// <summary>The open graphs of a bundle, shared by all decode workers.</summary>
public sealed class ModelSessions : IDisposable
{
    private ModelSessions(ModelBundle bundle, string precision)
    {
        Bundle = bundle;
        Precision = precision;
    }

    /// <summary>The bundle that the graphs come from.</summary>
    public ModelBundle Bundle { get; }

    /// <summary>The precision that was opened: <c>fp32</c> or <c>int8</c>.</summary>
    public string Precision { get; }

    /// <summary>Opens the graphs and checks the names, types and shapes of their tensors against the manifest.</summary>
    /// <param name="bundle">A validated bundle.</param>
    /// <param name="precision">Which graphs; null: the manifest's default.</param>
    /// <exception cref="ModelBundleException">A graph cannot be opened or is not what the manifest says.</exception>
    public static ModelSessions Load(ModelBundle bundle, string? precision = null) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
