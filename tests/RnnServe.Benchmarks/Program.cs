using System.Globalization;
using RnnServe.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["convolution", .. var rest]:
        ConvolutionBenchmark.Run(Threads(rest));
        return 0;
    case ["distillation", var recipe, .. var rest]:
        DistillationBenchmark.Run(recipe, Threads(rest));
        return 0;
    case ["caption", var bundle, var photo]:
        await CaptionBenchmark.RunAsync(bundle, photo);
        return 0;
    case ["step", var bundle]:
        StepBenchmark.Run(bundle);
        return 0;
    default:
        Console.Error.WriteLine("step <bundle> | convolution [threads] | distillation <recipe> [threads] | caption <bundle> <photo.jpg>");
        return 1;
}

static int Threads(string[] rest) => rest is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
