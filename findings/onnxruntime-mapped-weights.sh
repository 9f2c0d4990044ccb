#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime 1.30.0 and 1.31.1: a session maps the files that hold a graph's weights (external data) for as long as it lives.
#
# One would guess that what is loaded is independent of its files, as it is where the weights are inside the graph. Weights in other files
# are mapped, and those that no operator packs anew, such as a table of embeddings, are used where they lie: a file that is cut short, which
# is how a plain copy over it begins, ends the process with SIGBUS at the next run. No option of the session turns it off.
#
# It matters here because a model's folder may be overwritten while the model answers: bundles' graphs are opened from bytes with their
# weights inside. Exits with 1 when the process survives.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >mapped.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <OutputType>Exe</OutputType>
    <ImplicitUsings>enable</ImplicitUsings>
    <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="$(OnnxRuntimeVersion)" />
  </ItemGroup>
</Project>
PROJECT
cat >Program.cs <<'CODE'
using System.Text;
using Microsoft.ML.OnnxRuntime;

const int Rows = 4096, Width = 512;
File.WriteAllBytes("weights.bin", new byte[Rows * Width * 4]);
File.WriteAllBytes("graph.onnx", Model());
using var session = new InferenceSession("graph.onnx");
Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}: {Run()} numbers before");
using (var file = new FileStream("weights.bin", FileMode.Truncate))
    file.WriteByte(0);
Console.WriteLine($"{Run()} numbers after the file was cut short");

int Run()
{
    using var row = OrtValue.CreateTensorValueFromMemory(new long[] { Rows - 1 }, [1]);
    using var options = new RunOptions();
    using var found = session.Run(options, ["row"], [row], ["out"]);
    return found[0].GetTensorDataAsSpan<float>().ToArray().Length;
}

// out = weights[row], as the messages of onnx.proto.
static byte[] Model()
{
    byte[] weights = [.. Number(1, Rows), .. Number(1, Width), .. Number(2, 1), .. Text(8, "weights"),
        .. Part(13, [.. Text(1, "location"), .. Text(2, "weights.bin")]), .. Number(14, 1)];
    byte[] node = [.. Text(1, "weights"), .. Text(1, "row"), .. Text(2, "out"), .. Text(4, "Gather")];
    byte[] graph = [.. Part(1, node), .. Text(2, "graph"), .. Part(5, weights), .. Part(11, Value("row", 7)), .. Part(12, Value("out", 1))];
    return [.. Number(1, 8), .. Part(7, graph), .. Part(8, [.. Text(1, ""), .. Number(2, 17)])];
}

static byte[] Value(string name, int type) => [.. Text(1, name), .. Part(2, Part(1, Number(1, type)))];

static byte[] Text(int field, string text) => Part(field, Encoding.UTF8.GetBytes(text));

static byte[] Part(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];
CODE

for version in 1.30.0 1.31.1; do
  status=0
  dotnet build -v q -p:OnnxRuntimeVersion=$version >build.log || { cat build.log; exit 2; }
  dotnet bin/Debug/net10.0/*/mapped.dll || status=$?
  echo "exit code $status"
  if [ $status != 135 ]; then
    echo 'This has changed.'
    exit 1
  fi
done
