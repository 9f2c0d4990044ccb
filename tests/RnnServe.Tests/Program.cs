using RnnServe.Tests.Training;
using Xunit.Runner.InProc.SystemConsole;

return args is [TrainingChild.Command, var folder, var how, var delay]
    ? TrainingChild.Run(folder, how, delay)
    : await ConsoleRunner.Run(args);
