#!/usr/bin/env bash
# Runs, on a machine with a CUDA driver and nothing else: the listing of devices, every GPU test, the benchmark table, the device against the CPU, PyTorch's and CuPy's
# figures beside it where a Python has them, and hk itself. Writes
# gpu-report.json and gpu-report.txt beside this file; exits non-zero on any failure.
#   ./run-gpu-checks.sh [DEVICE]      by default cuda:0; with "emulator", threads play a device and sizes are small: a check of the bundle, no measurement
set -uo pipefail
cd "$(dirname "$0")"
device=${1:-cuda:0}
small=()
network=()
if [ "$device" = emulator ]; then
    small=(--small)
    network=(--network mlp:12-8-4:relu)
fi
failed=0
rm -f gpu-report.json gpu-report.txt gpu-benchmarks.json gpu-peers.json gpu-devices.json gpu-hk.json

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
step "the device against the CPU" ./bin/HessianKernels.Gpu.Benchmarks "$device" against-cpu "${small[@]}"
# The peers need a Python with torch or cupy; nothing else here does. PYTHON names one that is not the first in the path.
python=$(command -v "${PYTHON:-python3}" || true)
peer_device=$device
if [ "$device" = emulator ]; then peer_device=cpu; fi
ours=()
if [ -s gpu-benchmarks.json ]; then ours=(--ours gpu-benchmarks.json); fi
if [ -z "$python" ]; then
    echo "== peers: not run: there is no ${PYTHON:-python3} here" | tee -a gpu-report.txt
elif [[ $device == opencl* ]]; then
    echo "== peers: not run: PyTorch and CuPy do not run on $device" | tee -a gpu-report.txt
else
    step "peers on $peer_device" "$python" gpu-peers.py --device "$peer_device" "${small[@]}" "${network[@]}" "${ours[@]}" --out gpu-peers.json
fi
step "hk on $device" bash -c "./bin/hk topk spiked-400.npy -k 3 --json --device '$device' > gpu-hk.json && cat gpu-hk.json"
step "hk density on $device" ./bin/hk density spiked-400.npy --probes 2 --steps 16 --device "$device"
step "hk trace on $device" ./bin/hk trace spiked-400.npy --products 12 --device "$device"
./bin/hk devices --json > gpu-devices.json || failed=1
json() { if [ -s "$1" ]; then cat "$1"; else echo null; fi; }
printf '{"commit":"%s","device":"%s","failed":%s,"devices":%s,"benchmarks":%s,"peers":%s,"hk":%s}\n' "$(cat commit)" "$device" \
    "$([ $failed -eq 0 ] && echo false || echo true)" "$(json gpu-devices.json)" "$(json gpu-benchmarks.json)" "$(json gpu-peers.json)" "$(json gpu-hk.json)" > gpu-report.json
exit $failed
