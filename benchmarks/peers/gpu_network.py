"""PyTorch's Hessian-vector products by double backward on a CUDA device, beside HessianKernels.Gpu.Benchmarks' rows of the same network:
python3 gpu_network.py [mlp:3072-512-512-10:relu [8192]]. A line of JSON; where it cannot run, why."""
import json
import statistics
import sys
import time


def why_not():
    try:
        import torch
    except ImportError as fault:
        return f"PyTorch is not there ({fault})"
    if torch.version.cuda is None:
        return f"PyTorch {torch.__version__} was built without CUDA"
    if not torch.cuda.is_available():
        return f"PyTorch {torch.__version__} finds no CUDA device"
    return None


def median(call, times=15):
    """The median seconds of a call, its work on the device included, after warming up: as the benchmarks beside it take theirs."""
    import torch
    for _ in range(3):
        call()
    seconds = []
    for _ in range(times):
        torch.cuda.synchronize()
        start = time.perf_counter()
        call()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure(spec, examples):
    import torch
    from network import layers_of

    # Whole single precision, as ours.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(1)
    widths = [int(width) for width in spec.split(":")[1].split("-")]
    model = layers_of(spec).cuda()
    parameters = list(model.parameters())
    inputs, targets = torch.rand(examples, widths[0], device="cuda") - 0.5, torch.rand(examples, widths[-1], device="cuda") - 0.5
    v = [torch.rand_like(p) - 0.5 for p in parameters]

    def graph():
        loss = 0.5 * ((model(inputs) - targets) ** 2).sum(1).mean()
        return torch.autograd.grad(loss, parameters, create_graph=True)

    def first():
        return torch.autograd.grad(graph(), parameters, v)

    kept = graph()
    return {
        "peer": f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}", "device": torch.cuda.get_device_name(), "network": spec, "examples": examples,
        "firstMilliseconds": 1e3 * median(first), "laterMilliseconds": 1e3 * median(lambda: torch.autograd.grad(kept, parameters, v, retain_graph=True)),
    }


reason = why_not()
if reason is not None:
    print(f"not measured: {reason}")
else:
    print(json.dumps(measure(sys.argv[1] if len(sys.argv) > 1 else "mlp:3072-512-512-10:relu", int(sys.argv[2]) if len(sys.argv) > 2 else 8192)))
