using System.CommandLine;
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
    case ["engine", var bundle, var texts]:
        await EngineBenchmark.RunAsync(bundle, texts);
        return 0;
    case ["peer", var bundle, var texts]:
        await PeerBenchmark.RunAsync(bundle, texts);
        return 0;
    case ["load", ..]:
        return await new RootCommand { LoadCommand.Create() }.Parse(args).InvokeAsync();
    default:
        Console.Error.WriteLine("load --help | step <bundle> | engine <bundle> <texts> | peer <bundle> <texts> | convolution [threads] | distillation <recipe> [threads] | caption <bundle> <photo.jpg>");
        return 1;
}

static int Threads(string[] rest) => rest is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
