using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Http;

/// <summary>An error for clients of other services, some of which read its member "error" and nothing else.</summary>
public sealed record ErrorProblemBody : ProblemBody
{
    [SetsRequiredMembers]
    private ErrorProblemBody(ProblemBody problem) : base(problem) => Error = problem.Detail;

    /// <summary>The detail again.</summary>
    /// <example>There is no model 'nobody'; there is multi30k-en-de.</example>
    [JsonPropertyOrder(1)]
    public string Error { get; }

    internal static ErrorProblemBody Of(ProblemBody problem) => new(problem);
}

/// <summary>The paths whose problems have that form, with everything below them.</summary>
internal sealed class ErrorPaths
{
    private readonly List<PathString> paths = [];

    public void Add(PathString path) => paths.Add(path);

    public bool Has(PathString path) => paths.Exists(one => path.StartsWithSegments(one, StringComparison.OrdinalIgnoreCase));
}
