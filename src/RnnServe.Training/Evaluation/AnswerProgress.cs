namespace RnnServe.Training.Evaluation;

/// <summary>Counts answers on the error stream, where a person looks at it.</summary>
internal static class AnswerProgress
{
    public static void Report(int done, int total)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write(done < total ? $"\r{done}/{total} " : $"\r{done}/{total}{Environment.NewLine}");
    }
}
