#!/usr/bin/env bash
# OpenTelemetry.Exporter.Prometheus.AspNetCore 1.20.1-beta.1 with .NET 10: three surprises in GET /metrics.
#
# 1. OpenTelemetry's own instrumentation of the runtime and the process has gauges whose names end in "_count"
#    (dotnet_assembly_count, process_thread_count, process_unix_file_descriptor_count, ...). In Prometheus only a part of a histogram or
#    summary may end so, and "promtool check metrics" exits with 3.
# 2. .NET creates dotnet.thread_pool.queue.length and dotnet.thread_pool.thread.count as ObservableCounter, although both go down again
#    and the semantic conventions say UpDownCounter. They come out as counters, with "_total": rate() of them means nothing.
# 3. The answer depends on Accept (Prometheus' text or OpenMetrics), but Vary has Accept-Encoding alone: a cache between may give one
#    form to who asked for the other.
#
# RnnServe drops or renames the gauges of 1 (src/RnnServe.Server/Telemetry/TelemetryServices.cs) and draws nothing from those of 2.
#
# Needs promtool (Debian: prometheus) and curl. Exits 1 when one of them is not so any more.
set -euo pipefail
command -v promtool >/dev/null || { echo 'promtool is missing'; exit 1; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
cat >finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenTelemetry.Extensions.Hosting" Version="1.20.1" />
    <PackageReference Include="OpenTelemetry.Exporter.Prometheus.AspNetCore" Version="1.20.1-beta.1" />
    <PackageReference Include="OpenTelemetry.Instrumentation.Process" Version="1.20.1-rc.1" />
    <PackageReference Include="OpenTelemetry.Instrumentation.Runtime" Version="1.20.1" />
  </ItemGroup>
</Project>
PROJECT
cat >Program.cs <<'PROGRAM'
using OpenTelemetry.Metrics;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddOpenTelemetry().WithMetrics(
    metrics => metrics.AddRuntimeInstrumentation().AddProcessInstrumentation().AddPrometheusExporter());
var app = builder.Build();
app.MapPrometheusScrapingEndpoint("/metrics");
app.Lifetime.ApplicationStarted.Register(() => File.WriteAllText("url", app.Urls.First()));
app.Run("http://127.0.0.1:0");
PROGRAM
dotnet build -v quiet -nologo -o out >build.log || { cat build.log; exit 1; }
dotnet out/finding.dll &
server=$!
for _ in $(seq 120); do [ ! -s url ] || break; sleep 0.5; done
url=$(cat url)/metrics

curl -fsS "$url" >metrics
echo '1. promtool check metrics:'
status=0
promtool check metrics <metrics || status=$?
echo "   exit code $status"
echo '2. gauges as counters:'
grep '^# TYPE dotnet_thread_pool' metrics
echo '3. one address, two types, one Vary:'
for accept in text/plain 'application/openmetrics-text;version=1.0.0'; do
  curl -fsS -H "Accept: $accept" -D headers -o body "$url"
  tr -d '\r' <headers | grep -i '^content-type\|^vary'
done >types
cat types

[ $status = 3 ] && grep -q '^# TYPE dotnet_thread_pool_thread_count_total counter' metrics \
  && [ "$(grep -ic 'openmetrics-text' types)" = 1 ] && ! grep -qi '^vary:.*accept\(,\|$\)' types
