#!/usr/bin/env bash
# NetVips 3.2.0: the text of a VipsException may be another thread's.
#
# One would guess that an exception says why its own call failed. libvips keeps one list of messages for the whole process, which NetVips
# reads and clears when a call fails: of two images that fail on two threads at the same moment, one exception has the other's words, both,
# or none. RnnServe decodes on several threads, so it decides nothing by that text and says first what a file shows by itself
# (src/RnnServe.Inference/Images/DecodingFault.cs).
#
# Input: a PNG and a JPEG that are cut short, decoded with fail-on. Exits 1 when every exception speaks of its own format.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
cat >finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="NetVips" Version="3.2.0" />
    <PackageReference Include="NetVips.Native" Version="8.18.7" />
  </ItemGroup>
</Project>
PROJECT
cat >Program.cs <<'PROGRAM'
using NetVips;

const int Failures = 400;
Log.SetLogHandler("VIPS", Enums.LogLevelFlags.LevelMask, (_, _, _) => { });
using var noise = Image.Gaussnoise(256, 256).Cast(Enums.BandFormat.Uchar);
byte[] png = noise.PngsaveBuffer(), jpeg = noise.JpegsaveBuffer();
int png1 = 0, jpeg1 = 0;
Parallel.Invoke(() => png1 = Wrong(png[..(png.Length / 2)], "png"), () => jpeg1 = Wrong(jpeg[..(jpeg.Length / 2)], "jpeg"));
Console.WriteLine($"libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}: of {2 * Failures} failures "
    + $"{png1 + jpeg1} had another's text, or none ({png1} PNG, {jpeg1} JPEG)");
return png1 + jpeg1 > 0 ? 0 : 1;

static int Wrong(byte[] file, string format)
{
    int wrong = 0;
    for (int i = 0; i < Failures; i++)
    {
        try
        {
            using var image = Image.NewFromBuffer(file, failOn: Enums.FailOn.Warning);
            image.WriteToMemory<byte>();
        }
        catch (VipsException error)
        {
            // The last line that libvips wrote names the function that failed.
            string last = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            wrong += last.Contains(format, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        }
    }

    return wrong;
}
PROGRAM
dotnet run --verbosity quiet
