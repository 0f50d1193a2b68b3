#!/usr/bin/env bash
# Runs, on a machine with a CUDA driver and nothing else: the listing of devices, every GPU test, the benchmark table, and hk itself. Writes
# gpu-report.json and gpu-report.txt beside this file; exits non-zero on any failure.
#   ./run-gpu-checks.sh [DEVICE]      by default cuda:0; with "emulator", threads play a device and sizes are small: a check of the bundle, no measurement
set -uo pipefail
cd "$(dirname "$0")"
device=${1:-cuda:0}
small=()
if [ "$device" = emulator ]; then small=(--small); fi
failed=0
rm -f gpu-report.json gpu-report.txt gpu-benchmarks.json gpu-devices.json gpu-hk.json

# step NAME COMMAND...: told in the report; a failure is remembered, and the next step is made all the same.
step() {
    echo "== $1" | tee -a gpu-report.txt
    shift
    "$@" 2>&1 | tee -a gpu-report.txt
    if [ "${PIPESTATUS[0]}" -ne 0 ]; then
        failed=1
        echo "FAILED: $*" | tee -a gpu-report.txt
    fi
}

echo "commit $(cat commit)" | tee gpu-report.txt
step "devices" ./bin/hk devices
step "tests on $device" env "HK_GPU=$device" ./bin/gpu-checks
step "benchmarks on $device" ./bin/HessianKernels.Gpu.Benchmarks "$device" gpu-benchmarks.json "${small[@]}"
step "hk on $device" bash -c "./bin/hk topk spiked-400.npy -k 3 --json --device '$device' > gpu-hk.json && cat gpu-hk.json"
./bin/hk devices --json > gpu-devices.json || failed=1
json() { if [ -s "$1" ]; then cat "$1"; else echo null; fi; }
printf '{"commit":"%s","device":"%s","failed":%s,"devices":%s,"benchmarks":%s,"hk":%s}\n' "$(cat commit)" "$device" \
    "$([ $failed -eq 0 ] && echo false || echo true)" "$(json gpu-devices.json)" "$(json gpu-benchmarks.json)" "$(json gpu-hk.json)" > gpu-report.json
exit $failed
