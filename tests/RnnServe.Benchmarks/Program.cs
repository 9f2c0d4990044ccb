using System.CommandLine;
using RnnServe.Benchmarks;
using RnnServe.Training.Commands;

var root = new RootCommand("Measures what is claimed about speed and memory. Build with -c Release, and let the machine do nothing else.")
{
    StepBenchmark.Create(),
    EngineBenchmark.Create(),
    CaptionBenchmark.Create(),
    PeerBenchmark.Create(),
    ServerBenchmark.Create(),
    SoakBenchmark.Create(),
    OverloadBenchmark.Create(),
    TelemetryBenchmark.Create(),
    BuildsBenchmark.Create(),
    LoadCommand.Create(),
    TrainingBenchmark.Create(),
    TrainingsBenchmark.Create(),
    DistillationBenchmark.Create(),
    ConvolutionBenchmark.Create(),
};

return await ErrorHandling.RunAsync(
    () => root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }), Console.Error);
