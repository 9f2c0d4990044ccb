#!/usr/bin/env bash
# .NET 10: HttpClient goes on reading a stream that its caller has left, for two seconds.
#
# One would guess that disposing the response of a stream that has not ended closes the connection, so that the server can stop its work.
# The handler first tries to read the rest, to keep the connection for the next request: it takes what comes for ResponseDrainTimeout,
# two seconds by default, and the server sees its caller there all that time. Work of less than two seconds is never given up.
# A client of RnnServe's event streams that leaves would keep rows of the batch for nobody, so RnnServe.Client sets
# ResponseDrainTimeout to zero, and reads streams to their ends where it wants the connection back
# (src/RnnServe.Client/ServiceCollectionExtensions.cs).
#
# Input: a Kestrel that sends an event every 50 ms for 10 s, and a caller that leaves after the first. Exits 1 when the server notices
# within a second with the default, or later with zero.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
cat >finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
PROJECT
cat >Program.cs <<'PROGRAM'
using System.Diagnostics;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
var app = builder.Build();
var noticed = new TaskCompletionSource<long>();
app.MapGet("/", async (HttpContext http) =>
{
    http.RequestAborted.Register(() => noticed.TrySetResult(Stopwatch.GetTimestamp()));
    http.Response.ContentType = "text/event-stream";
    for (int i = 0; i < 200; i++)
    {
        await http.Response.WriteAsync($"data: {i}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await Task.Delay(50, http.RequestAborted);
    }
});
await app.StartAsync();
double usual = await NoticedAfter(new SocketsHttpHandler().ResponseDrainTimeout), atOnce = await NoticedAfter(TimeSpan.Zero);
Console.WriteLine(FormattableString.Invariant($".NET {Environment.Version}: the server notices after {usual:F2} s by default, after {atOnce:F2} s with zero"));
Environment.Exit(usual > 1 && atOnce < 1 ? 0 : 1);

async Task<double> NoticedAfter(TimeSpan drain)
{
    noticed = new();
    using var client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = drain });
    long left;
    using (var response = await client.GetAsync(app.Urls.First(), HttpCompletionOption.ResponseHeadersRead))
    {
        await using var events = await response.Content.ReadAsStreamAsync();
        await events.ReadAtLeastAsync(new byte[4], 1);
        left = Stopwatch.GetTimestamp();
    }

    return Stopwatch.GetElapsedTime(left, await noticed.Task).TotalSeconds;
}
PROGRAM
dotnet run --verbosity quiet
