#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime.Gpu 1.31.0 (Linux): a GPU is "available" where there is none, and the exception does not say what is missing.
#
# One would guess that GetAvailableProviders leaves out CUDA on a machine without an NVIDIA GPU or CUDA, and that asking for it all the same
# throws what was not found. It lists what the package was built with, and the exception says "Failed to load shared library". The missing
# library's name goes to the log alone, which a server that wants no stray lines has silenced. The provider is linked with CUDA 13
# (libcudart.so.13), so a machine with CUDA 12 gets the same exception.
#
# It matters here because a server that is told to use a GPU must say in one line what to install. Exits with 1 when the list, the
# message or the version of CUDA changes. Runs where no CUDA is installed; needs readelf.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
if ldconfig -p | grep libcudart >/dev/null; then
  echo 'CUDA is installed here: this shows what happens where it is not.'
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >cuda.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <OutputType>Exe</OutputType>
    <ImplicitUsings>enable</ImplicitUsings>
    <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
    <SelfContained>false</SelfContained>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime.Gpu" Version="1.31.0" />
  </ItemGroup>
</Project>
PROJECT
cat >Program.cs <<'CODE'
using Microsoft.ML.OnnxRuntime;

string[] providers = OrtEnv.Instance().GetAvailableProviders();
Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, available: {string.Join(", ", providers)}");
using var options = new SessionOptions();
try
{
    options.AppendExecutionProvider_CUDA();
    Console.WriteLine("CUDA was appended");
    return 1;
}
catch (OnnxRuntimeException error)
{
    Console.WriteLine(error.Message);
    return providers.Contains("CUDAExecutionProvider") && !error.Message.Contains("libc", StringComparison.Ordinal) ? 0 : 1;
}
CODE

dotnet build -c Release -o out -v quiet
readelf -d out/libonnxruntime_providers_cuda.so | grep -o 'libcudart[^]]*' | tee linked
if ! dotnet out/cuda.dll || ! grep -q 'libcudart.so.13' linked; then
  echo 'This has changed.'
  exit 1
fi
