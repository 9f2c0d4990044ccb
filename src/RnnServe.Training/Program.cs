using System.CommandLine;
using RnnServe.Training.Commands;
using RnnServe.Training.Export;
using RnnServe.Training.Models;

var root = new RootCommand("Trains recurrent models and exports them as bundles that RnnServe serves.")
{
    new TrainCommand(
        (recipe, vocabularies) => new TranslationLossGraph(recipe, vocabularies),
        (recipe, data, folder) => new TranslationValidation(recipe, data, folder)).Create(),
    new EvaluateCommand().Create(),
    ExportCommand.Create(BundleExporter.Export),
    InspectCommand.Create(),
};

// An interrupt lets the step under way end and a checkpoint be written, however large the model.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(5) };
return await ErrorHandling.RunAsync(() => root.Parse(args).InvokeAsync(invocation), Console.Error);
