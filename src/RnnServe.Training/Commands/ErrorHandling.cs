using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Commands;

/// <summary>Turns failures that the user can mend into one line and an exit code. Others are faults and keep their trace.</summary>
internal static class ErrorHandling
{
    private const int Failed = 1;
    private const int WrongInput = 2;
    private const int Interrupted = 130;

    /// <summary>Runs the program; an expected failure becomes one line on <paramref name="errors"/>.</summary>
    /// <returns>The program's exit code, 1 when it failed, 2 when its input is wrong, 130 when it was interrupted.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> program, TextWriter errors)
    {
        try
        {
            return await program();
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("interrupted");
            return Interrupted;
        }
        catch (Exception error) when (ExitCode(error) is { } code)
        {
            await errors.WriteLineAsync($"error: {error.Message.ReplaceLineEndings(" ")}");
            return code;
        }
    }

    private static int? ExitCode(Exception error) => error switch
    {
        RecipeException or ModelBundleException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException
            => WrongInput,
        UserException or ServerRefusalException or IOException or UnauthorizedAccessException or HttpRequestException
            or OnnxRuntimeException or ProviderException or QueueFullException => Failed,
        _ => null,
    };
}
