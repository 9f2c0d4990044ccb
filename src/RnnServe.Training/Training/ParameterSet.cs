namespace RnnServe.Training;

/// <summary>The parameters of one model in a fixed order, which optimizer, checkpoint and exporter share. Owns them.</summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly Dictionary<string, Parameter> byName;

    /// <exception cref="ArgumentException">Two parameters have the same name.</exception>
    public ParameterSet(IReadOnlyList<Parameter> parameters)
    {
        All = parameters;
        byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Parameter> All { get; }

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
