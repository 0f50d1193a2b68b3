"""PyTorch's side of the networks: gradients and Hessian-vector products by double backward, and power iteration with deflation over them."""
import time

import numpy as np
import torch


def layers_of(spec):
    """The layers of 'mlp:784-32-10:relu' or 'cnn5:3x32x32-10:relu' as an nn.Sequential."""
    family, sizes, activation = spec.split(":")
    act = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "gelu": torch.nn.GELU, "erf": Erf}[activation]
    if family == "mlp":
        widths = [int(width) for width in sizes.split("-")]
        layers = []
        for taken, given in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(taken, given), act()]
        return torch.nn.Sequential(*layers[:-1])
    shape, outputs = sizes.split("-")
    channels, height, width = (int(part) for part in shape.split("x"))
    features = [
        torch.nn.Conv2d(channels, 64, 3), act(), torch.nn.Conv2d(64, 64, 3), act(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(64, 128, 3), act(), torch.nn.MaxPool2d(2), torch.nn.Flatten()]
    with torch.no_grad():
        length = torch.nn.Sequential(*features)(torch.zeros(1, channels, height, width)).shape[1]
    return torch.nn.Sequential(*features, torch.nn.Linear(length, 512), act(), torch.nn.Linear(512, int(outputs)))


class Erf(torch.nn.Module):
    def forward(self, x):
        return torch.erf(x)


class Network:
    """A model at a point: its parameters are one vector, in order, as ours."""

    def __init__(self, spec, parameters, inputs, targets, image):
        self.model = layers_of(spec)
        self.parameters = list(self.model.parameters())
        inputs = torch.from_numpy(inputs)
        self.inputs, self.targets = inputs.reshape(-1, *image) if image else inputs, torch.from_numpy(targets)
        with torch.no_grad():
            for own, given in zip(self.parameters, self.split(torch.from_numpy(parameters))):
                own.copy_(given)
        self.graph = None

    def split(self, vector):
        parts, start = [], 0
        for p in self.parameters:
            parts.append(vector[start:start + p.numel()].view_as(p))
            start += p.numel()
        assert start == len(vector)
        return parts

    def loss(self):
        return 0.5 * ((self.model(self.inputs) - self.targets) ** 2).sum(1).mean()

    def gradient(self):
        return torch.autograd.grad(self.loss(), self.parameters)

    def differentiate(self):
        self.graph = torch.autograd.grad(self.loss(), self.parameters, create_graph=True)

    def product(self, v):
        return torch.autograd.grad(self.graph, self.parameters, v, retain_graph=True)


networks = {}


def flat(parts):
    return torch.cat([part.reshape(-1) for part in parts]).detach().numpy()


def make(request, arrays):
    torch.set_num_threads(request["threads"])
    networks["now"] = Network(request["spec"], arrays["parameters"], arrays["inputs"], arrays["targets"], request["image"])
    version = f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"
    return {"text": version}


def timed(call):
    start = time.perf_counter()
    answer = call()
    return time.perf_counter() - start, answer


def run(request, arrays):
    """Calls of one kind, and the median of their times; the last answer is saved where a path is given."""
    network = networks["now"]
    v = network.split(torch.from_numpy(arrays["direction"]))
    kind, seconds = request["kind"], []

    def first():
        network.differentiate()
        return network.product(v)

    if kind == "later" and network.graph is None:
        network.differentiate()
    for _ in range(request["calls"]):
        if kind != "later":
            network.graph = None
        spent, answer = timed({"gradient": network.gradient, "first": first, "later": lambda: network.product(v)}[kind])
        seconds.append(spent)
    if request.get("path"):
        np.save(request["path"], flat(answer))
    return {"seconds": float(np.median(seconds))}


def power(request, arrays):
    """The k eigenvalues of largest magnitude one after the other, each by power iteration on what is orthogonal to those found (as PyHessian does), to a residual."""
    network, found, values, products = networks["now"], [], [], 0
    generator = torch.Generator().manual_seed(request["seed"])

    def orthonormal(v):
        for w in found:
            v = v - torch.dot(v, w) * w
        return v / v.norm()

    start = time.perf_counter()
    network.differentiate()
    residuals = []
    for _ in range(request["k"]):
        v = orthonormal(torch.randn(len(arrays["direction"]), generator=generator))
        for _ in range(request["limit"]):
            h = torch.cat([part.reshape(-1) for part in network.product(network.split(v))])
            products += 1
            value = float(torch.dot(v, h))
            residual = float((h - value * v).norm())
            if residual <= request["tol"] * abs(values[0] if values else value):
                break
            v = orthonormal(h)
        found.append(v)
        values.append(value)
        residuals.append(residual)
    return {"seconds": time.perf_counter() - start, "values": values, "residuals": residuals, "products": products}


ACTIONS = {"make": make, "run": run, "power": power}


def answer(request, arrays):
    return ACTIONS[request["part"]](request, arrays)
