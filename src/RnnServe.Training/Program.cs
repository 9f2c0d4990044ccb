using System.CommandLine;
using RnnServe.Training.Commands;

var root = new RootCommand("Trains recurrent models and exports them as bundles that RnnServe serves.")
{
    new TrainCommand().Create(),
    new EvaluateCommand().Create(),
    ExportCommand.Create(),
    new QuantizeCommand().Create(),
    CanaryCommand.Create(),
    new InspectCommand().Create(),
};

// An interrupt lets the step under way end and a checkpoint be written, however large the model.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(5) };
return await ErrorHandling.RunAsync(() => root.Parse(args).InvokeAsync(invocation), Console.Error);
