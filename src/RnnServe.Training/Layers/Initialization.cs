using RnnServe.Training.Data;

namespace RnnServe.Training.Layers;

/// <summary>How a weight starts.</summary>
internal enum InitializationKind
{
    /// <summary>Every element has the same value.</summary>
    Constant,

    /// <summary>Uniform in ± √(6 / (rows + columns)) (Glorot and Bengio 2010); blocks of columns count as matrices of their own.</summary>
    Glorot,

    /// <summary>Normal with a standard deviation.</summary>
    Normal,

    /// <summary>As it was learnt elsewhere.</summary>
    Given,
}

/// <summary>A kind of start with its number.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="Number">The constant; the number of column blocks of Glorot; the standard deviation.</param>
/// <param name="Values">What is given.</param>
internal readonly record struct Initialization(InitializationKind Kind, double Number, float[]? Values = null)
{
    public static Initialization Zero => new(InitializationKind.Constant, 0);

    public static Initialization Constant(double value) => new(InitializationKind.Constant, value);

    public static Initialization Glorot(int blocks = 1) => new(InitializationKind.Glorot, blocks);

    /// <summary>Keeps the variance of activations through a ReLU. Source: He et al. 2015 (arXiv:1502.01852), equation 10.</summary>
    /// <param name="inputs">Numbers that each output is a weighted sum of.</param>
    public static Initialization He(long inputs) => Normal(Math.Sqrt(2.0 / inputs));

    public static Initialization As(float[] values) => new(InitializationKind.Given, 0, values);

    public static Initialization Normal(double deviation) => new(InitializationKind.Normal, deviation);

    /// <summary>Fills a weight; the result depends on the seed, the shape and nothing else.</summary>
    public void Fill(Span<float> weight, ReadOnlySpan<long> shape, ulong seed)
    {
        if (Values is not null)
        {
            Values.CopyTo(weight);
            return;
        }

        var random = new SeededRandom(seed, 0);
        double bound = Kind == InitializationKind.Glorot ? Math.Sqrt(6.0 / (shape[0] + (shape[^1] / Number))) : 0;
        foreach (ref float element in weight)
        {
            element = (float)(Kind switch
            {
                InitializationKind.Constant => Number,
                InitializationKind.Glorot => bound * ((2 * Uniform(ref random)) - 1),
                _ => Number * Gaussian(ref random),
            });
        }
    }

    // In (0, 1): never 0, whose logarithm is taken.
    private static double Uniform(ref SeededRandom random) => ((random.Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    // Box and Muller 1958.
    private static double Gaussian(ref SeededRandom random) =>
        Math.Sqrt(-2 * Math.Log(Uniform(ref random))) * Math.Cos(2 * Math.PI * Uniform(ref random));
}
