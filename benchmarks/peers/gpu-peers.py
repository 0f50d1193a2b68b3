"""The other side of the GPU benchmarks: PyTorch's and CuPy's ways to the same answers, on the same card, beside ours.

Usage: gpu-peers.py [--device cuda:0|cpu] [--small] [--ours gpu-benchmarks.json] [--out gpu-peers.json]
Needs torch for its rows and cupy for its; what cannot be imported is told of in a line, and is no failure. Seconds are medians, after warming
up, with the device waited for. With --device cpu and --small the script checks itself on a machine without a card: no measurement.
"""
import argparse
import json
import statistics
import sys
import time

rows, missing = [], []


def median(call, wait, times):
    """The median seconds of a call, its work on the device included; its last answer."""
    answer = call()
    wait()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = call()
        wait()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), answer


def tell(name, value, unit, ours=None, floor=None, **evidence):
    """A row; where ours is at hand, how many times as fast as this peer it is, and the floor it is held to."""
    ratio = None if ours is None else value / ours
    rows.append({"name": name, "value": value, "unit": unit, "ours": ours, "timesAsFast": ratio, "floor": floor, **evidence})
    held = "" if floor is None else f"floor {floor} x"
    print(f"{name:<58} {value:12.4g} {unit:<12} {'' if ratio is None else f'ours {ratio:.3g} x as fast':<24} {held}")


def ours_of(report, part):
    """Our figure of a row, by a part of its name."""
    return next((row["Value"] for row in report.get("rows", []) if part in row["Name"]), None)


def torch_rows(device, small, report):
    try:
        import torch
    except ImportError as e:
        missing.append(f"torch: {e}")
        return
    if device != "cpu" and not torch.cuda.is_available():
        missing.append(f"torch {torch.__version__}: it finds no CUDA device")
        return
    wait = (lambda: None) if device == "cpu" else torch.cuda.synchronize
    torch.backends.cuda.matmul.allow_tf32 = False
    n = 48 if small else 4096
    for kind, name in ((torch.float64, "double"), (torch.float32, "single")):
        a, b = (torch.rand(n, n, dtype=kind, device=device) - 0.5 for _ in range(2))
        seconds, _ = median(lambda: a @ b, wait, 5)
        ours = ours_of(report, f"{name} product {n}")
        # A rate: ours over theirs, and not the other way round as with times.
        rate = 2 * n**3 / seconds / 1e9
        rows.append({"name": f"torch.matmul, {name}, {n}", "value": rate, "unit": "GFLOP/s", "ours": ours,
                     "timesAsFast": None if ours is None else ours / rate, "floor": None})
        print(f"{rows[-1]['name']:<58} {rate:12.4g} GFLOP/s")

    batch, order = (3, 16) if small else (10_000, 64)
    generator = torch.Generator().manual_seed(1)
    half = torch.rand(batch, order, order, dtype=torch.float64, generator=generator) - 0.5
    matrices = (torch.tril(half) + torch.tril(half, -1).transpose(1, 2)).to(device)
    seconds, values = median(lambda: torch.linalg.eigvalsh(matrices), wait, 3)
    traces = matrices.diagonal(dim1=1, dim2=2).sum(1)
    fault = (values.sum(1) - traces).abs().max().item()
    if not fault < 1e-9 * order:
        raise SystemExit(f"torch.linalg.eigvalsh: found traces wrong by {fault}")
    tell(f"torch.linalg.eigvalsh, {batch} of {order} x {order}, on the device before", seconds * 1e3, "ms",
         ours_of(report, f"{batch} problems of {order}"), 10)


def cupy_rows(device, small, report):
    if device == "cpu":
        missing.append("cupy: it has no CPU to run on")
        return
    try:
        import cupy
        from cupyx.scipy.sparse.linalg import LinearOperator, eigsh
        cupy.cuda.Device(int(device.partition(":")[2] or 0)).use()
    except Exception as e:  # whatever the driver says
        missing.append(f"cupy: {type(e).__name__}: {e}")
        return
    n, k = (200, 2) if small else (10_000_000, 20)
    # The spectrum of our row: 64 spread values on top of a bulk.
    index = cupy.arange(n, dtype=cupy.float64)
    diagonal = cupy.where(index < 64, 2 + index / 64, index / n)
    operator = LinearOperator((n, n), matvec=lambda x: diagonal * x.ravel(), dtype=cupy.float64)
    start = cupy.random.RandomState(1).standard_normal(n)
    seconds, (values, vectors) = median(
        lambda: eigsh(operator, k=k, which="LA", v0=start.copy(), tol=1e-6), cupy.cuda.get_current_stream().synchronize, 1)
    residual = max(float(cupy.linalg.norm(diagonal * v - value * v)) for value, v in zip(values, vectors.T))
    tell(f"cupy eigsh, top {k} of a diagonal operator of {n}", seconds, "s", ours_of(report, f"top {k} of a diagonal operator"), 1.5,
         largestResidual=residual)


parser = argparse.ArgumentParser()
parser.add_argument("--device", default="cuda:0")
parser.add_argument("--small", action="store_true")
parser.add_argument("--ours")
parser.add_argument("--out")
asked = parser.parse_args()
own = {}
if asked.ours:
    with open(asked.ours) as file:
        own = json.load(file)
torch_rows(asked.device, asked.small, own)
cupy_rows(asked.device, asked.small, own)
for line in missing:
    print(f"not run: {line}")
if asked.out:
    with open(asked.out, "w") as file:
        json.dump({"python": sys.version.split()[0], "device": asked.device, "small": asked.small, "rows": rows, "notRun": missing}, file)
