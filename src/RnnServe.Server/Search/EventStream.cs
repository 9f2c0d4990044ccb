using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Search;

/// <summary>A piece of an answer that is not complete yet.</summary>
public sealed record TokenEvent
{
    /// <summary>What comes next. All pieces together are the answer's text.</summary>
    /// <example>Ein Hund</example>
    public required string Text { get; init; }
}

/// <summary>The JSON of an event stream's own events.</summary>
[JsonSerializable(typeof(TokenEvent))]
internal sealed partial class EventJson : JsonSerializerContext
{
    public static EventJson Api { get; } = new(ApiJson.Options());
}

/// <summary>An event stream that was begun.</summary>
/// <remarks>The framework's own result would describe itself in the document in the place of the JSON.</remarks>
internal sealed class EventStreamResult(ServerSentEventsResult<string> events) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => events.ExecuteAsync(httpContext);
}

/// <summary>An answer as server-sent events: token events as the text becomes certain, then the result, or the problem where it fails after
/// the first event.</summary>
internal static class EventStream
{
    private const string Type = "text/event-stream";

    /// <summary>Whether a request asks for one, rather than for JSON.</summary>
    public static bool IsAsked(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        double stream = Quality(Type), json = Math.Max(Quality("application/json"), 0);
        return stream > 0 && stream >= json;

        double Quality(string type) => accepted.Where(a => a.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            .Select(a => a.Quality ?? 1).DefaultIfEmpty(-1).Max();
    }

    /// <summary>Describes it beside the JSON of an operation's answer.</summary>
    public static Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Responses!["200"].Content![Type] = new()
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Events named token with a piece of the text, {\"text\": ...}, of which nothing is taken back; then one "
                    + "named result with the JSON of application/json, or problem with that of an error.",
            },
        };
        return Task.CompletedTask;
    }

    /// <exception cref="ApiException">400: a stream is the answer to one input.</exception>
    public static void CheckOne(string field, int given)
    {
        if (given > 1)
            throw ApiException.ForField(field, $"{field} has {given} items; an event stream answers one. Ask for application/json.");
    }

    /// <summary>Begins an answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="work">Makes the answer, and tells the pieces of its text.</param>
    /// <param name="json">The answer's JSON.</param>
    /// <exception cref="ApiException">It is refused before the first event: the status can still say so.</exception>
    public static async Task<EventStreamResult> AnswerAsync<T>(
        HttpContext http, Func<Action<string>, Task<T>> work, JsonTypeInfo<T> json)
    {
        var record = RequestRecord.Of(http);
        record?.IsStreamed = true;
        var deadline = http.Features.Get<RequestDeadline>();
        var pieces = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        var answer = RunAsync();
        if (!await pieces.Reader.WaitToReadAsync())
            await answer;
        http.Response.Headers["X-Accel-Buffering"] = "no";      // nginx would hold events back
        return new(TypedResults.ServerSentEvents(EventsAsync()));

        async Task<T> RunAsync()
        {
            try
            {
                return await work(piece => pieces.Writer.TryWrite(piece));
            }
            finally
            {
                pieces.Writer.Complete();
            }
        }

        async IAsyncEnumerable<SseItem<string>> EventsAsync()
        {
            await foreach (string piece in pieces.Reader.ReadAllAsync())
                yield return new(JsonSerializer.Serialize(new() { Text = piece }, EventJson.Api.TokenEvent), "token");
            yield return await LastAsync();
        }

        async Task<SseItem<string>> LastAsync()
        {
            try
            {
                return new(JsonSerializer.Serialize(await answer, json), "result");
            }
            catch (Exception error) when (error is not OperationCanceledException || deadline is { EndedWork: true })
            {
                var problem = ProblemHandler.BodyOf(http, error is OperationCanceledException ? deadline!.Refusal : error);
                record?.FailedWith = problem.Status;
                return new(JsonSerializer.Serialize(problem, ProblemJson.Api.ProblemBody), "problem");
            }
        }
    }
}
