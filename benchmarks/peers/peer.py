"""The other side of the comparison: reads a line of JSON, does the work, times it, answers with a line of JSON.

Started by the comparison, which sets OPENBLAS_NUM_THREADS. Seconds are of the call alone: no start-up, no reading of inputs, no text.
"""
import ctypes
import json
import statistics
import sys
import time

import numpy as np
import scipy
import scipy.linalg.blas
from scipy.sparse.linalg import LinearOperator, aslinearoperator, eigsh

arrays = {}


def timed(call, calls=1):
    """The median of several calls, and the last one's answer."""
    seconds = []
    for _ in range(calls):
        start = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), answer


class Counted(LinearOperator):
    """An operator that counts its products and times them."""

    def __init__(self, n, multiply):
        super().__init__(np.float64, (n, n))
        self.multiply, self.products, self.seconds = multiply, 0, 0.0

    def _matvec(self, x):
        start = time.perf_counter()
        y = self.multiply(x.ravel())
        self.seconds += time.perf_counter() - start
        self.products += 1
        return y


def start_vector(seed, n):
    return np.random.default_rng(seed).standard_normal(n)


def largest_residual(multiply, values, vectors):
    return max(np.linalg.norm(multiply(v) - value * v) / np.linalg.norm(v) for value, v in zip(values, vectors.T))


def versions(request):
    with open("/proc/self/maps") as maps:
        libraries = {line.split()[-1] for line in maps if "openblas" in line}
    if not libraries:
        raise RuntimeError("numpy does not use OpenBLAS: install libopenblas0-pthread, or choose it with update-alternatives")
    blas = ctypes.CDLL("libopenblas.so.0")
    blas.openblas_get_config.restype = blas.openblas_get_corename.restype = ctypes.c_char_p
    # 'OpenBLAS 0.3.21 NO_LAPACKE ...'; the processor named there is that of the build, the core's name that of the kernels in use.
    openblas = " ".join(blas.openblas_get_config().decode().split()[:2])
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"text": f"Python {python}, NumPy {np.__version__}, SciPy {scipy.__version__}, {openblas} ({blas.openblas_get_corename().decode()} kernels)"}


def load(request):
    arrays[request["name"]] = np.load(request["path"])
    return {}


def drop(request):
    del arrays[request["name"]]
    return {}


def run_eigsh(request):
    a = arrays[request["name"]]
    v0 = start_vector(request["seed"], len(a))
    seconds, _ = timed(lambda: eigsh(a, k=request["k"], which="LA", tol=request["tol"], v0=v0))
    return {"seconds": seconds}


def run_eigsh_counted(request):
    a = arrays[request["name"]]
    counted = Counted(len(a), aslinearoperator(a).matvec)
    values, vectors = eigsh(counted, k=request["k"], which="LA", tol=request["tol"], v0=start_vector(request["seed"], len(a)))
    return {"values": values.tolist(), "products": float(counted.products), "residual": largest_residual(a.dot, values, vectors)}


def tridiagonal(request):
    d, c = arrays["diagonal"], request["coupling"]

    def multiply(x):
        y = d * x
        y[1:] -= c * x[:-1]
        y[:-1] -= c * x[1:]
        return y

    return multiply


def rank_one(request):
    d, u, strength = arrays["diagonal"], arrays["vector"], request["strength"]
    return lambda x: d * x + (strength * np.dot(u, x)) * u


def run_eigsh_operator(request):
    multiply = {"tridiagonal": tridiagonal, "rank-one": rank_one}[request["kind"]](request)
    n = len(arrays["diagonal"])
    counted = Counted(n, multiply)
    v0 = start_vector(request["seed"], n)
    seconds, (values, vectors) = timed(lambda: eigsh(counted, k=request["k"], which="LA", tol=request["tol"], v0=v0))
    residual = largest_residual(multiply, values, vectors) if request["residual"] else None
    return {"seconds": seconds, "values": values.tolist(), "products": float(counted.products), "product_seconds": counted.seconds, "residual": residual}


def run_eigvalsh(request):
    stack = arrays[request["name"]]
    seconds, values = timed(lambda: np.linalg.eigvalsh(stack), request["calls"])
    return {"seconds": seconds, "values": values[:, -1].tolist()}


def run_gemv(request):
    a = arrays[request["name"]]
    x = start_vector(0, len(a))
    return {"seconds": timed(lambda: a @ x, request["calls"])[0]}


def run_symv(request):
    # The transpose of a symmetric matrix stored by rows is the same matrix stored by columns: nothing is copied.
    a = arrays[request["name"]].T
    x = start_vector(0, len(a))
    return {"seconds": timed(lambda: scipy.linalg.blas.dsymv(1.0, a, x), request["calls"])[0]}


ACTIONS = {
    "versions": versions,
    "load": load,
    "drop": drop,
    "eigsh": run_eigsh,
    "eigsh-counted": run_eigsh_counted,
    "eigsh-operator": run_eigsh_operator,
    "eigvalsh": run_eigvalsh,
    "gemv": run_gemv,
    "symv": run_symv,
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = ACTIONS[asked["do"]](asked)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
