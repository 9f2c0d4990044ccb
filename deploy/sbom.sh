#!/usr/bin/env bash
# Lists the packages of the server's program, those of its packages among them, as a CycloneDX document.
# Usage: deploy/sbom.sh [FILE]   (default: sbom.json in this folder)
# What the base image has is in that image's own list.
set -euo pipefail
file=$(realpath -m "${1:-$(dirname "$0")/sbom.json}")
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
dotnet tool install CycloneDX --version 6.3.1 --tool-path "$tool" >/dev/null
dotnet restore src/RnnServe.Server >/dev/null
"$tool/dotnet-CycloneDX" src/RnnServe.Server/RnnServe.Server.csproj --disable-package-restore \
  --output-format Json --output "$(dirname "$file")" --filename "$(basename "$file")" >/dev/null
echo "$file: $(grep -c '"purl"' "$file") packages"
