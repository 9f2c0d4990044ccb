namespace RnnServe.Tests;

/// <summary>
/// A test of minutes, marked [Trait("Category", "Long")], over data from beside the repository. It is skipped unless RNNSERVE_LONG_TESTS is set, so that
/// <c>dotnet test</c> stays quick: <c>RNNSERVE_LONG_TESTS=1 dotnet test -c Release --filter Category=Long</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="SharedDataFactAttribute(string)"/>
    public LongTheoryAttribute(string path = "data/multi30k") =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("RNNSERVE_LONG_TESTS"))
            ? "takes minutes: set RNNSERVE_LONG_TESTS=1 to run it"
            : new SharedDataFactAttribute(path).Skip;
}
