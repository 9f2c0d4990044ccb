using RnnServe.Training.Graphs;
using RnnServe.Training.Optimizers;

namespace RnnServe.Tests.Optimizers;

public sealed class OptimizerTests
{
    /// <summary>Longer than a vector and no multiple of one, so that vectors and remainders are both at work.</summary>
    private const int Length = 39;

    [Theory]
    [InlineData(1e-8)]
    [InlineData(1e-3)]
    public void Adam_follows_the_formula_of_the_paper(double epsilon)
    {
        const double Rate = 0.01, Beta1 = 0.9, Beta2 = 0.98;
        using var parameters = Parameters(seed: 1);
        using var adam = new Adam(parameters, new AdamSettings(Beta1, Beta2, epsilon));
        double[] w = [.. Values(parameters).Select(v => (double)v)], m = new double[w.Length], v = new double[w.Length];

        for (int t = 1; t <= 20; t++)
        {
            FillGradients(parameters, seed: 100 + t);
            float[] g = Gradients(parameters);
            adam.Step(t, Rate, gradientScale: 0.5f);
            for (int i = 0; i < w.Length; i++)
            {
                // Algorithm 1 of arXiv:1412.6980, line by line, in double precision.
                double gradient = 0.5 * g[i];
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * gradient);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * gradient * gradient);
                double corrected1 = m[i] / (1 - Math.Pow(Beta1, t)), corrected2 = v[i] / (1 - Math.Pow(Beta2, t));
                w[i] -= Rate * corrected1 / (Math.Sqrt(corrected2) + epsilon);
            }
        }

        foreach (var (expected, actual) in w.Zip(Values(parameters)))
            Assert.Equal(expected, actual, tolerance: 2e-6);
    }

    [Fact]
    public void The_norm_is_over_all_gradients_together()
    {
        using var parameters = Parameters(seed: 2);
        FillGradients(parameters, seed: 3);

        double expected = Math.Sqrt(Gradients(parameters).Sum(g => (double)g * g));

        Assert.Equal(expected, GradientClipping.Norm(parameters), tolerance: 1e-12 * expected);
    }

    [Theory]
    [InlineData(4.0, 1.0, 0.25)]
    [InlineData(0.5, 1.0, 1.0)]
    [InlineData(4.0, 0.0, 1.0)]
    public void Clipping_scales_down_to_the_limit_and_never_up(double norm, double limit, double scale) =>
        Assert.Equal(scale, GradientClipping.Scale(norm, limit), tolerance: 1e-7);

    [Theory]
    [InlineData(true), InlineData(false)]
    public void The_average_is_the_weighted_mean_of_all_weights_so_far(bool warmUp)
    {
        using var parameters = Parameters(seed: 4);
        using var average = new MovingAverage(parameters, decay: 0.6, warmUp);
        double[] expected = [.. Values(parameters).Select(v => (double)v)];

        for (int t = 1; t <= 30; t++)
        {
            Fill(parameters, seed: 200 + t);
            average.Update(t);
            double decay = warmUp ? Math.Min(0.6, (1.0 + t) / (10.0 + t)) : 0.6;
            expected = [.. expected.Zip(Values(parameters), (e, v) => (decay * e) + ((1 - decay) * v))];
        }

        float[] averages = [.. average.Averages.SelectMany(a => a.AsSpan<float>().ToArray())];
        foreach (var (e, a) in expected.Zip(averages))
            Assert.Equal(e, a, tolerance: 1e-6);
    }

    [Fact]
    public void Swapping_twice_gives_the_same_bits_back()
    {
        using var parameters = Parameters(seed: 5);
        using var average = new MovingAverage(parameters, decay: 0.9, warmUp: true);
        float[] before = Values(parameters);
        Fill(parameters, seed: 6);
        float[] trained = Values(parameters);

        average.Swap();
        Assert.Equal(before, Values(parameters));
        average.Swap();
        Assert.Equal(trained, Values(parameters));
    }

    [Fact]
    public void Without_averaging_the_average_is_the_weights()
    {
        using var parameters = Parameters(seed: 7);
        using var average = new MovingAverage(parameters, decay: 0, warmUp: true);
        Fill(parameters, seed: 8);

        average.Update(step: 1);

        Assert.Equal(Values(parameters), average.Averages.SelectMany(a => a.AsSpan<float>().ToArray()));
    }

    [Theory]
    [InlineData("Linear", 1, 0.1)]      // the first of ten steps of warm-up
    [InlineData("Linear", 10, 1.0)]     // its last
    [InlineData("Linear", 11, 1.0)]     // the peak
    [InlineData("Linear", 61, 0.5)]     // half of the 100 steps that remain
    [InlineData("Linear", 110, 0.01)]   // the last step still learns
    [InlineData("Cosine", 61, 0.5)]
    [InlineData("Cosine", 36, 0.8535533905932737)]  // (1 + cos(pi / 4)) / 2
    [InlineData("InverseSqrt", 40, 0.5)]            // sqrt(10 / 40)
    [InlineData("Constant", 110, 1.0)]
    public void The_learning_rate_warms_up_and_decays(string decay, long step, double expected)
    {
        var rate = new LearningRate(Peak: 2, WarmUpSteps: 10, Enum.Parse<Decay>(decay), TotalSteps: 110);

        Assert.Equal(2 * expected, rate.At(step), tolerance: 1e-12);
    }

    [Theory]
    [InlineData("Constant"), InlineData("Linear"), InlineData("Cosine"), InlineData("InverseSqrt")]
    public void Without_a_warm_up_the_first_step_is_at_the_peak(string decay) =>
        Assert.Equal(3, new LearningRate(3, WarmUpSteps: 0, Enum.Parse<Decay>(decay), TotalSteps: 5).At(1));

    private static ParameterSet Parameters(int seed)
    {
        var parameters = new ParameterSet([new Parameter("a", 3, Length / 3), new Parameter("b", 5), new Parameter("c", 64)]);
        Fill(parameters, seed);
        return parameters;
    }

    private static void Fill(ParameterSet parameters, int seed)
    {
        var random = new Random(seed);
        foreach (var parameter in parameters.All)
            foreach (ref float value in parameter.Value.AsSpan<float>())
                value = random.NextSingle() - 0.5f;
    }

    private static void FillGradients(ParameterSet parameters, int seed)
    {
        var random = new Random(seed);
        foreach (var parameter in parameters.All)
            foreach (ref float value in parameter.Gradient.AsSpan<float>())
                value = (random.NextSingle() - 0.4f) * 3;
    }

    private static float[] Values(ParameterSet parameters) => [.. parameters.All.SelectMany(p => p.Value.AsSpan<float>().ToArray())];

    private static float[] Gradients(ParameterSet parameters) => [.. parameters.All.SelectMany(p => p.Gradient.AsSpan<float>().ToArray())];
}
