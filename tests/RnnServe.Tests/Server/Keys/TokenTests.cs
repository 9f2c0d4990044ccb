using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Tokens of an issuer, beside keys.</summary>
public sealed class TokenTests
{
    private const string Translate = """{ "text": "abc", "model": "tiny-en-de" }""", Audience = "rnnserve";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_signed_token_is_let_in_for_its_scopes_and_another_is_not()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        using var keys = new KeyRing();
        string key = keys.Add("translate");
        await using var issuer = await TokenIssuer.StartAsync();
        await using var server = await new RunningServer(
            models.Path, keys.Setting, ("Keys:Authority", issuer.Url), ("Keys:Audience", Audience), ("Keys:RequireHttpsMetadata", "false")).SettledAsync();
        using var other = RSA.Create(2048);
        string good = issuer.Token(Audience, Scope("scope", "openid translate"), Hour);
        string list = issuer.Token(Audience, Scope("scp", new[] { "metrics", "translate" }), Hour);
        string lacking = issuer.Token(Audience, Scope("scope", "metrics"), Hour);
        string[] wrong =
        [
            issuer.Token("other", Scope("scope", "translate"), Hour), issuer.Token(Audience, Scope("scope", "translate"), -Hour),
            issuer.Token(Audience, Scope("scope", "translate"), Hour, other), good[..^4] + "AAAA", "a.b.c", "text",
        ];

        foreach (string token in (string[])[good, list, key])
            await RunningServer.OkAsync(await server.Client.PostAsync(token, "/v1/translate", Translate));
        var problem = await RunningServer.ProblemAsync(await server.Client.PostAsync(lacking, "/v1/translate", Translate), HttpStatusCode.Forbidden);
        Assert.Contains("'translate'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        foreach (string token in wrong)
            await RunningServer.ProblemAsync(await server.Client.PostAsync(token, "/v1/translate", Translate), HttpStatusCode.Unauthorized);

        Assert.DoesNotContain(server.Logs, line => line.Contains(good, StringComparison.Ordinal) || line.Contains(wrong[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_is_503_and_429_to_clients_that_would_repeat_that()
    {
        using var models = new ModelFolder();
        string nobody = $"http://127.0.0.1:{ThisMachine.FreePort()}";
        await using var server = new RunningServer(
            models.Path,
            ("Keys:Authority", nobody),
            ("Keys:Audience", Audience),
            ("Keys:RequireHttpsMetadata", "false"),
            ("Doors:HuggingFace", "true"));
        await using var issuer = await TokenIssuer.StartAsync();
        string token = issuer.Token(Audience, Scope("scope", "translate"), Hour);

        var own = await server.Client.GetAsync(token, "/v1/models");
        var door = await server.Client.PostAsync(token, "/models/tiny-en-de", """{ "inputs": "abc" }""");

        await RunningServer.ProblemAsync(own, HttpStatusCode.ServiceUnavailable);
        await RunningServer.ProblemAsync(door, HttpStatusCode.TooManyRequests);
        Assert.NotNull(door.Headers.RetryAfter);
    }

    [Fact]
    public void A_caller_is_known_by_its_key_and_its_priority()
    {
        var http = new DefaultHttpContext();
        Assert.Equal(new Caller("anonymous", "interactive"), Caller.Of(http));
        Assert.Same(Caller.Anonymous, Caller.Of(http));

        http.User = RequiredScope.Owner("abc", Caller.Bulk, ["translate"]);

        Assert.Equal(new Caller("abc", "bulk"), Caller.Of(http));
    }

    private static Dictionary<string, object> Scope(string claim, object value) => new() { [claim] = value, ["sub"] = "somebody@example.org" };
}
