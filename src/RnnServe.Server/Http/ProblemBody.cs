using Microsoft.AspNetCore.Mvc;

namespace RnnServe.Server.Http;

/// <summary>An error, as RFC 9457 has it.</summary>
public record ProblemBody
{
    /// <summary>What kind of error this is: a link to the definition of its status code.</summary>
    /// <example>https://httpwg.org/specs/rfc9110.html#status.404</example>
    public required string Type { get; init; }

    /// <summary>The name of the status code.</summary>
    /// <example>Not Found</example>
    public required string Title { get; init; }

    /// <summary>The status code.</summary>
    /// <example>404</example>
    [Bounds(Minimum = 400, Maximum = 599)]
    public required int Status { get; init; }

    /// <summary>What is wrong with this request, or with the server.</summary>
    /// <example>There is no model 'nobody'; there is multi30k-en-de.</example>
    public required string Detail { get; init; }

    /// <summary>Path of the refused request.</summary>
    /// <example>/v1/models/nobody</example>
    public required string Instance { get; init; }

    /// <summary>What is wrong, by the name of the field; absent when no field is at fault.</summary>
    /// <example>{ "name": ["There is no model 'nobody'; there is multi30k-en-de."] }</example>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The body for a problem that ProblemTitles has completed.</summary>
    internal static ProblemBody Of(ProblemDetails problem) => new()
    {
        Type = problem.Type!,
        Title = problem.Title!,
        Status = problem.Status!.Value,
        Detail = problem.Detail!,
        Instance = problem.Instance!,
        Errors = (problem as HttpValidationProblemDetails)?.Errors.AsReadOnly(),
    };
}
