namespace RnnServe.Training.Graphs;

/// <summary>One dimension of a shape: a constant, or a product of a constant and symbols such as B or T.</summary>
/// <param name="Factor">The constant part, ≥ 0.</param>
/// <param name="Symbols">The symbols in ordinal order, joined by '*'; empty for a constant.</param>
internal readonly record struct Dim(long Factor, string Symbols)
{
    public bool IsConstant => Symbols.Length == 0;

    public bool IsOne => IsConstant && Factor == 1;

    public static implicit operator Dim(long value) => new(value, "");

    public static implicit operator Dim(string symbol) => new(1, symbol);

    public static Dim operator *(Dim a, Dim b)
    {
        var symbols = a.Symbols.Split('*').Concat(b.Symbols.Split('*')).Where(s => s.Length > 0);
        return new(a.Factor * b.Factor, string.Join('*', symbols.Order(StringComparer.Ordinal)));
    }

    /// <summary>The dimension's value once the symbols have values.</summary>
    /// <exception cref="KeyNotFoundException">A symbol has no value.</exception>
    public long Evaluate(IReadOnlyDictionary<string, long> symbols)
    {
        long value = Factor;
        foreach (string symbol in Symbols.Split('*', StringSplitOptions.RemoveEmptyEntries))
            value *= symbols[symbol];
        return value;
    }

    public override string ToString() => IsConstant ? $"{Factor}" : Factor == 1 ? Symbols : $"{Factor}*{Symbols}";
}
