#!/usr/bin/env bash
# Makes artifacts/gpu-bundle.tar.xz: the GPU tests, the GPU benchmarks and hk, published with the runtime beside them, and run-gpu-checks.sh, for a
# machine with a CUDA driver and nothing else. Needs ILGPU 1.5.3 on a NuGet feed (docs/gpu.md). Arguments are handed to dotnet publish.
set -euo pipefail
cd "$(dirname "$0")/.."
out=artifacts/gpu-bundle
rm -rf "$out"
mkdir -p "$out"
publish() {
    dotnet publish "$1" -c Release -r linux-x64 --self-contained true -p:Gpu=true -p:DebugType=none -p:GenerateDocumentationFile=false \
        -p:SatelliteResourceLanguages=en -o "$out/bin" -m:1 "${@:2}"
}
publish src/HessianKernels.Cli "$@"
publish benchmarks/HessianKernels.Gpu.Benchmarks "$@"
publish tests/HessianKernels.Gpu.Checks "$@"
cp eng/run-gpu-checks.sh benchmarks/peers/{gpu-peers.py,network.py} samples/spiked-400.npy "$out/"
git rev-parse HEAD > "$out/commit"
tar -C artifacts -cJf artifacts/gpu-bundle.tar.xz gpu-bundle
bytes=$(stat -c %s artifacts/gpu-bundle.tar.xz)
echo "artifacts/gpu-bundle.tar.xz: $bytes bytes"
if [ "$bytes" -gt $((55 * 1024 * 1024)) ]; then
    echo "found $bytes bytes; expected at most $((55 * 1024 * 1024))"
    exit 1
fi
