"""The other side of the GPU benchmarks: PyTorch's and CuPy's ways to the same answers, on the same card, beside ours.

Usage: gpu-peers.py [--device cuda:0|cpu] [--small] [--network mlp:3072-512-512-10:relu] [--ours gpu-benchmarks.json] [--out gpu-peers.json]
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


def torch_of(device):
    """PyTorch and how to wait for the device; None where it cannot run there."""
    try:
        import torch
    except ImportError as e:
        missing.append(f"torch: {e}")
        return None
    if device != "cpu" and not torch.cuda.is_available():
        why = "it was built without CUDA" if torch.version.cuda is None else "it finds no CUDA device"
        missing.append(f"torch {torch.__version__}: {why}")
        return None
    # Whole single precision, as ours.
    torch.backends.cuda.matmul.allow_tf32 = False
    return torch, (lambda: None) if device == "cpu" else torch.cuda.synchronize


def torch_rows(torch, wait, device, small, report):
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


def network_rows(torch, wait, device, spec, small, report):
    """Hessian-vector products by double backward: the graph built anew, and kept."""
    try:
        from network import layers_of
    except ImportError as e:
        missing.append(f"the network: {e}")
        return
    examples, times = (16, 2) if small else (8192, 15)
    torch.manual_seed(1)
    widths = [int(width) for width in spec.split(":")[1].split("-")]
    model = layers_of(spec).to(device)
    parameters = list(model.parameters())
    inputs, targets = (torch.rand(examples, width, device=device) - 0.5 for width in (widths[0], widths[-1]))
    v = [torch.rand_like(p) - 0.5 for p in parameters]

    def graph():
        loss = 0.5 * ((model(inputs) - targets) ** 2).sum(1).mean()
        return torch.autograd.grad(loss, parameters, create_graph=True)

    kept = graph()
    for name, ours, floor, call in (
            ("graph and first", "the first Hessian product at a point", 1.3, lambda: torch.autograd.grad(graph(), parameters, v)),
            ("later", "a later Hessian product", 1.1, lambda: torch.autograd.grad(kept, parameters, v, retain_graph=True))):
        for _ in range(3):
            call()
        seconds, product = median(call, wait, times)
        if not all(torch.isfinite(part).all() for part in product):
            raise SystemExit(f"{spec}: found a product that is no number")
        tell(f"PyTorch, {spec}, n = {examples}: {name} product", seconds * 1e3, "ms", ours_of(report, ours), floor)


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
parser.add_argument("--network", default="mlp:3072-512-512-10:relu")
parser.add_argument("--ours")
parser.add_argument("--out")
asked = parser.parse_args()
own = {}
if asked.ours:
    with open(asked.ours) as file:
        own = json.load(file)
found = torch_of(asked.device)
if found is not None:
    torch_rows(*found, asked.device, asked.small, own)
    network_rows(*found, asked.device, asked.network, asked.small, own)
cupy_rows(asked.device, asked.small, own)
for line in missing:
    print(f"not run: {line}")
if asked.out:
    with open(asked.out, "w") as file:
        json.dump({"python": sys.version.split()[0], "device": asked.device, "small": asked.small, "rows": rows, "notRun": missing}, file)
