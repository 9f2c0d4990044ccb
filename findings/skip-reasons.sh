#!/usr/bin/env bash
# xunit.runner.visualstudio 4.0.1 with xunit.v3 4.0.2: `dotnet test` does not print why a test was skipped.
#
# One would guess that the reason given to Assert.Skip is printed below the test's name, as other runners do. It is logged one level lower
# than the name and appears with --logger "console;verbosity=normal" only, which names every passed test too. A warning that the test adds
# (TestContext.Current.AddWarning) is printed.
#
# It matters here because tests that need data, Chromium or Docker are skipped where that is absent, and people must see what they miss:
# tests/RnnServe.Tests/Skip.cs gives the reason as a warning as well. Exits with 1 when a reason is printed, or a warning is not.
set -euo pipefail
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >skips.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <OutputType>Exe</OutputType>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
    <PackageReference Include="xunit.runner.visualstudio" Version="4.0.1" />
    <PackageReference Include="xunit.v3.mtp-off" Version="4.0.2" />
  </ItemGroup>
</Project>
PROJECT
cat >Skips.cs <<'CODE'
using Xunit;

public class Skips
{
    [Fact]
    public void Plain() => Assert.Skip("the reason of the first");

    [Fact]
    public void Warned()
    {
        TestContext.Current.AddWarning("the warning of the second");
        Assert.Skip("the reason of the second");
    }
}
CODE

grep -o 'Include="xunit[^/]*' skips.csproj
dotnet test | tee output
if grep -q 'the reason of' output || ! grep -q 'the warning of the second' output || ! grep -q 'Skipped: *2' output; then
  echo 'This has changed.'
  exit 1
fi
echo 'Both tests are skipped; no reason is printed, the warning is.'
