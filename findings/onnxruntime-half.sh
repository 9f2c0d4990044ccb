#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime 1.30.0 and 1.31.1: System.Half, .NET's own 16-bit float, is no element type of a tensor.
#
# One would guess that a Half[] can be handed over as a float16 tensor, as a float[] can for float32. The package has a struct of its own,
# Microsoft.ML.OnnxRuntime.Float16, in the same 16 bits; Half is not in its table of types, and an OrtValue over a Half[] is refused.
#
# It matters here because weights and cached features are 16-bit floats: our tensors map Half to float16 themselves. Exits with 1 when
# Half is taken, or Float16 is not.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >half.csproj <<'PROJECT'
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
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
using (var known = OrtValue.CreateTensorValueFromMemory(new Float16[3], [3]))
    Console.WriteLine($"Float16[] is {known.GetTensorTypeAndShape().ElementDataType}");
Console.WriteLine($"the table's entry for Half: {TensorBase.GetTypeInfo(typeof(Half))?.ElementType.ToString() ?? "none"}");
try
{
    using var value = OrtValue.CreateTensorValueFromMemory(new Half[3], [3]);
    Console.WriteLine("Half[] is taken");
    return 1;
}
catch (Exception error)
{
    Console.WriteLine($"Half[] is refused: {error.GetType().Name}: {error.Message}");
    return TensorBase.GetTypeInfo(typeof(Half)) is null ? 0 : 1;
}
CODE

for version in 1.30.0 1.31.1; do
  if ! dotnet run -p:OnnxRuntimeVersion=$version; then
    echo 'This has changed.'
    exit 1
  fi
done
