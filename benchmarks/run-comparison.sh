#!/usr/bin/env bash
# Our runs against SciPy's and NumPy's over OpenBLAS, in one session; writes the table of docs/benchmarks.md.
#   benchmarks/run-comparison.sh [--rounds N] [--only gemm,dense,batch,operator,memory,edge,network,leading] [--output FILE]
#   (with --only, the tables of the other cases stay as they are)
#   benchmarks/run-comparison.sh --quick      everything once, smaller, to see that it works: writes artifacts/comparison.md
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for package in python3-numpy python3-scipy libopenblas0-pthread python3-torch; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "Missing: ${missing[*]}. Install with: apt-get install ${missing[*]}" >&2
    exit 2
fi

output=docs/benchmarks.md
for argument in "$@"; do
    if [ "$argument" = --quick ]; then
        output=artifacts/comparison.md
        mkdir -p artifacts
    fi
done

dotnet build -c Release benchmarks/HessianKernels.Benchmarks -v quiet --nologo
dotnet run -c Release --no-build --project benchmarks/HessianKernels.Benchmarks -- comparison --output "$output" "$@"
