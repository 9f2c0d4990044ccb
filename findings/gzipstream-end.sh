#!/usr/bin/env bash
# .NET 10: GZipStream reads a file that is cut short as if it were whole.
#
# One would guess that a gzip file without its end is an error, since the format has a checksum and a length there: gzip and Python's gzip
# refuse it. GZipStream returns what it could decode and reports the end of the stream, wherever the file was cut; it also leaves out
# members behind zeros and whatever else follows, without a word. Only a switch of the whole process, off by default
# (System.IO.Compression.UseStrictValidation), refuses the cut, and not the rest. RnnServe scores and trains on such files, so it checks
# the end and the checksum of every member itself (src/RnnServe.Training/Data/GzipFile.cs).
#
# Input: gzip files of 300 lines, whole and cut. Exits 1 when a cut file is refused.
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
</Project>
PROJECT
cat >Program.cs <<'PROGRAM'
using System.IO.Compression;
using System.Text;

byte[] whole = Pack(string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i * 7919 % 1000}\n"))), second = Pack("second\n");
Console.WriteLine($".NET {Environment.Version}: of {whole.Length} bytes {Lines(whole)} lines");
int accepted = Enumerable.Range(1, whole.Length - 1).Count(length => Lines(whole[..length]) >= 0);
Console.WriteLine($"cut anywhere: {accepted} of {whole.Length - 1} accepted; the first half has {Lines(whole[..(whole.Length / 2)])} lines");
Console.WriteLine($"with another member {Lines([.. whole, .. second])} lines, with zeros before it {Lines([.. whole, 0, 0, .. second])}");
return accepted == whole.Length - 1 ? 0 : 1;

static byte[] Pack(string text)
{
    using var file = new MemoryStream();
    using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        gzip.Write(Encoding.UTF8.GetBytes(text));
    return file.ToArray();
}

static int Lines(byte[] file)
{
    try
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(file), CompressionMode.Decompress));
        return reader.ReadToEnd().Count(c => c == '\n');
    }
    catch (InvalidDataException)
    {
        return -1;
    }
}
PROGRAM
dotnet run --verbosity quiet
