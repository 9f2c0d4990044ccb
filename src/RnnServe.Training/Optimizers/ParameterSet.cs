using RnnServe.Training.Graphs;

namespace RnnServe.Training.Optimizers;

/// <summary>The parameters of one model in a fixed order, which optimizer, checkpoint and exporter share. Owns them.</summary>
/// <param name="parameters">Each has a name of its own.</param>
internal sealed class ParameterSet(IReadOnlyList<Parameter> parameters) : IDisposable
{
    private readonly Dictionary<string, Parameter> byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);

    public IReadOnlyList<Parameter> All => parameters;

    /// <summary>Number of floats in all parameters.</summary>
    public long Length => All.Sum(p => (long)p.Length);

    public Parameter this[string name] => byName.TryGetValue(name, out var parameter)
        ? parameter
        : throw new KeyNotFoundException($"No parameter is named '{name}'.");

    public void Dispose()
    {
        foreach (var parameter in All)
            parameter.Dispose();
    }
}
