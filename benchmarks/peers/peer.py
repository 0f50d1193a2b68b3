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


def run_edge_reduce(request):
    """The Gram matrix of a Jacobian, its eigenpairs, and the rows of Phi."""
    j = arrays[request["name"]]
    n = len(j)

    def reduce():
        values, vectors = np.linalg.eigh(j @ j.T / n)
        kept = values > 1e-12 * values[-1]
        return values[kept], np.sqrt(n) * vectors[:, kept] * np.sqrt(values[kept])

    seconds, (arrays["lambda"], arrays["phi"]) = timed(reduce)
    return {"seconds": seconds}


def run_edge(request):
    """K_exact and the critical learning rate, each by ARPACK on m x m matrices."""
    phi, values = arrays["phi"], arrays["lambda"]
    n, m = phi.shape
    eta, alpha, kappa = request["eta"], request["alpha"], request["kappa"]
    sums, products = values[:, None] + values[None, :], values[:, None] * values[None, :]

    def noise(x):
        q = np.einsum("ia,ia->i", phi @ x, phi)
        return (phi.T * q) @ phi / n

    def largest(root, diagonal):
        def multiply(x):
            x = x.reshape(m, m)
            y = root * noise(root * x)
            return (y if diagonal is None else diagonal * x + kappa * y).ravel()

        counted = Counted(m * m, multiply)
        value = eigsh(counted, k=1, which="LA", tol=request["tol"], v0=start_vector(request["seed"], m * m), return_eigenvectors=True)[0][0]
        return value, counted.products

    def both():
        exact, first = largest(1 / np.sqrt(eta * sums - alpha * eta * eta * products), None)
        pencil, second = largest(1 / np.sqrt(sums), alpha * products / sums)
        return kappa * eta * eta * exact, 1 / pencil, first, second

    seconds, (exact, critical, first, second) = timed(both)
    return {"seconds": seconds, "exact": exact, "critical": critical, "products": [first, second]}


def run_edge_product(request):
    phi = arrays["phi"]
    n, m = phi.shape
    x = start_vector(0, m * m).reshape(m, m)

    def product():
        q = np.einsum("ia,ia->i", phi @ x, phi)
        return (phi.T * q) @ phi

    return {"seconds": timed(product, request["calls"])[0]}


def run_square(request):
    n = request["n"]
    a, b = start_vector(0, n * n).reshape(n, n), start_vector(1, n * n).reshape(n, n)
    return {"seconds": timed(lambda: a @ b, request["calls"])[0]}


def run_network(request):
    # PyTorch takes seconds to load: only where it is asked for.
    import network

    return network.answer(request, arrays)


ACTIONS = {
    "network": run_network,
    "edge-reduce": run_edge_reduce,
    "edge": run_edge,
    "edge-product": run_edge_product,
    "square": run_square,
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
