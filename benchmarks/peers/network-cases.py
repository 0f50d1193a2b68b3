"""Small cases of every layer, loss and model family, computed by PyTorch in float64.

    python3 benchmarks/peers/network-cases.py tests/HessianKernels.Networks.Tests/Data

writes networks.npz, which the tests of HessianKernels.Networks compare with. For each case: parameters (in the order of state_dict), inputs, targets, two
directions v and u (u at the outputs), the outputs, the mean loss, its gradient, the products H v, G v (Gauss-Newton: J^T S J v / n), J v and J^T u.
The text of the case's model, in the library's notation, stands in its name; "+" starts a list of the library's layers that no family has.
"""
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.autograd import grad
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Diagonal(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length))

    def forward(self, x):
        return x * self.weight


class Quadratic(nn.Module):
    def __init__(self, parameters):
        super().__init__()
        self.theta = nn.Parameter(torch.empty(parameters))

    def forward(self, x):
        p = self.theta.numel()
        q = x[:, p:].reshape(-1, p, p)
        return x[:, :p] @ self.theta[:, None] + 0.5 * torch.einsum("i,eij,j->e", self.theta, q, self.theta)[:, None]


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Ghosts(nn.Module):
    """Batch norm in training mode over consecutive examples, a ghost at a time, with one scale and shift."""

    def __init__(self, norm, ghost):
        super().__init__()
        self.norm, self.ghost = norm, ghost

    def forward(self, x):
        return torch.cat([self.norm(part) for part in x.split(self.ghost)])


class Sum(nn.Module):
    def __init__(self, body, projection=None):
        super().__init__()
        self.body = body
        self.projection = projection or nn.Identity()

    def forward(self, x):
        return self.body(x) + self.projection(x)


ACTIVATIONS = {
    "relu": nn.ReLU, "leaky-relu": nn.LeakyReLU, "leaky-relu:0.3": lambda: nn.LeakyReLU(0.3), "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU,
    "erf": lambda: Lambda(torch.erf), "silu": nn.SiLU, "square": lambda: Lambda(torch.square), "identity": nn.Identity,
}


def batch_norm(norm, ghost):
    norm.track_running_stats, norm.running_mean, norm.running_var, norm.num_batches_tracked = False, None, None, None
    return Ghosts(norm, ghost)


def mlp(widths, activation, bias=True, norm=False):
    layers = []
    for i in range(len(widths) - 1):
        layers.append(nn.Linear(widths[i], widths[i + 1], bias))
        if i < len(widths) - 2:
            layers += ([nn.LayerNorm(widths[i + 1])] if norm else []) + [ACTIVATIONS[activation]()]
    return nn.Sequential(*layers)


def cnn5(c, side, outputs, activation, w):
    act = ACTIVATIONS[activation]
    after = ((side - 4) // 2 - 2) // 2
    return nn.Sequential(
        nn.Conv2d(c, w, 3), act(), nn.Conv2d(w, w, 3), act(), nn.MaxPool2d(2), nn.Conv2d(w, 2 * w, 3), act(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(2 * w * after * after, 8 * w), act(), nn.Linear(8 * w, outputs))


def cnn6(c, side, outputs, activation, w):
    act = ACTIVATIONS[activation]
    after = ((side - 2) // 2 - 2) // 2
    return nn.Sequential(
        nn.Conv2d(c, w, 3, padding=1), act(), nn.Conv2d(w, w, 3), act(), nn.MaxPool2d(2),
        nn.Conv2d(w, 2 * w, 3, padding=1), act(), nn.Conv2d(2 * w, 2 * w, 3), act(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(2 * w * after * after, 6 * w), act(), nn.Linear(6 * w, outputs))


def resnet(c, outputs, activation, w, stages, blocks):
    act = ACTIVATIONS[activation]
    layers, channels = [nn.Conv2d(c, w, 3, padding=1), act()], w
    for stage in range(stages):
        for block in range(blocks):
            stride, wide = (2, 2 * channels) if stage > 0 and block == 0 else (1, channels)
            body = nn.Sequential(nn.Conv2d(channels, wide, 3, stride, 1), act(), nn.Conv2d(wide, wide, 3, padding=1))
            layers += [Sum(body, nn.Conv2d(channels, wide, 1, stride) if stride == 2 else None), act()]
            channels = wide
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, outputs))


def resnet9(c, outputs, activation, w):
    act = ACTIVATIONS[activation]

    def twice(k):
        return Sum(nn.Sequential(nn.Conv2d(k, k, 3, padding=1), act(), nn.Conv2d(k, k, 3, padding=1), act()))

    return nn.Sequential(
        nn.Conv2d(c, w, 3, padding=1), act(), nn.Conv2d(w, 2 * w, 5, 2, 2), act(), twice(2 * w), nn.Conv2d(2 * w, 4 * w, 3, padding=1), act(), nn.MaxPool2d(2),
        twice(4 * w), nn.Conv2d(4 * w, 2 * w, 3), act(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(2 * w, outputs, bias=False), Lambda(lambda x: 0.2 * x))


def vgg10(c, side, outputs, activation, w, ghost):
    act = ACTIVATIONS[activation]
    layers, channels = [], c
    for block in range(3):
        for _ in range(3):
            layers += [nn.Conv2d(channels, w << block, 3, padding=1), batch_norm(nn.BatchNorm2d(w << block), ghost), act()]
            channels = w << block
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * (side // 8) ** 2, outputs))


def diagonal(inputs, depth):
    return nn.Sequential(*[Diagonal(inputs) for _ in range(depth)], *([Lambda(lambda x: x.sum(1, keepdim=True))] if inputs > 1 else []))


def half(z, y):
    return 0.5 * ((z - y) ** 2).sum(1)


def squares(z, y):
    return ((z - y) ** 2).sum(1)


def mean_squares(z, y):
    return F.mse_loss(z, y, reduction="none").mean(1)


def cross_entropy(z, y):
    return F.cross_entropy(z, y, reduction="none")


def smoothed(z, y):
    return F.cross_entropy(z, y, reduction="none", label_smoothing=0.1)


LOSSES = {"mse": half, "mse-sum": squares, "mse-mean": mean_squares, "cross-entropy": cross_entropy, "cross-entropy-0.1": smoothed}

IMAGE = (2, 5, 4)
CASES = [(f"mlp:4-5-3-2:{name}", "mse", mlp([4, 5, 3, 2], name), (4,), 5) for name in ACTIVATIONS] + [
    ("mlp:4-5-2:tanh:no-bias", "mse-sum", mlp([4, 5, 2], "tanh", bias=False), (4,), 5),
    ("mlp:4-6-5-3:gelu:layer-norm", "mse-mean", mlp([4, 6, 5, 3], "gelu", norm=True), (4,), 5),
    ("mlp:4-5-3:silu", "cross-entropy", mlp([4, 5, 3], "silu"), (4,), 6),
    ("mlp:4-5-3:erf", "cross-entropy-0.1", mlp([4, 5, 3], "erf"), (4,), 6),
    ("linear:4-3", "cross-entropy", mlp([4, 3], "relu"), (4,), 5),
    ("diagonal:4x3", "mse", diagonal(4, 3), (4,), 5),
    ("diagonal:1x2", "mse-sum", diagonal(1, 2), (1,), 3),
    ("quadratic:4", "mse", Quadratic(4), (20,), 5),
    ("cnn5:2x18x18-3:silu:width=2", "cross-entropy", cnn5(2, 18, 3, "silu", 2), (2, 18, 18), 3),
    ("cnn6:2x12x12-3:relu:width=2", "mse", cnn6(2, 12, 3, "relu", 2), (2, 12, 12), 3),
    ("resnet9:3x16x16-3:silu:width=2", "cross-entropy", resnet9(3, 3, "silu", 2), (3, 16, 16), 2),
    ("resnet10:3x8x8-2:tanh:width=2", "mse", resnet(3, 2, "tanh", 2, 4, 1), (3, 8, 8), 2),
    ("resnet14:3x8x8-2:relu:width=2", "mse", resnet(3, 2, "relu", 2, 3, 2), (3, 8, 8), 2),
    ("resnet20:1x8x8-3:gelu:width=2", "cross-entropy", resnet(1, 3, "gelu", 2, 3, 3), (1, 8, 8), 2),
    ("vgg10:2x8x8-3:silu:width=2:ghost=3", "cross-entropy", vgg10(2, 8, 3, "silu", 2, 3), (2, 8, 8), 8),
    ("+stride", "mse", nn.Sequential(nn.Conv2d(2, 3, 3, 2, 1, bias=False), nn.SiLU(), nn.Conv2d(3, 2, 2), nn.Flatten()), IMAGE, 4),
    ("+pools", "mse", nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2, 1, 1), nn.Tanh(), nn.MaxPool2d(2, 1), nn.Flatten(), nn.Linear(18, 2)), IMAGE, 4),
    ("+image-norm", "mse", nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.GroupNorm(1, 3), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2)),
     IMAGE, 4),
    ("+vector-ghosts", "mse", nn.Sequential(nn.Linear(4, 3), batch_norm(nn.BatchNorm1d(3), 4), nn.Tanh(), nn.Linear(3, 2)), (4,), 10),
    ("+residual-ends", "mse", nn.Sequential(
        nn.Linear(4, 4), nn.Tanh(), Sum(nn.Sequential(nn.Linear(4, 3), nn.SiLU()), nn.Sequential(nn.Linear(4, 3), nn.Tanh())), nn.Tanh(), nn.Linear(3, 2)), (4,), 5),
]


def flat(arrays):
    return torch.cat([a.reshape(-1) for a in arrays])


def answers(model, loss, x, y, v, u):
    theta = list(model.parameters())
    sizes = [p.numel() for p in theta]
    parts = [part.view_as(p) for part, p in zip(v.split(sizes), theta)]
    z = model(x)
    mean = loss(z, y).mean()
    gradient = grad(mean, theta, create_graph=True)
    inner = sum((g * p).sum() for g, p in zip(gradient, parts))
    hv = grad(inner, theta, retain_graph=True, allow_unused=True) if inner.requires_grad else [None] * len(theta)
    hv = flat([torch.zeros_like(p) if h is None else h for h, p in zip(hv, theta)])
    seed = torch.zeros_like(z, requires_grad=True)
    back = grad(z, theta, seed, create_graph=True)
    jv = grad(sum((b * p).sum() for b, p in zip(back, parts)), seed, retain_graph=True)[0]
    logits = z.detach().requires_grad_()
    dz = grad(loss(logits, y).mean(), logits, create_graph=True)[0]
    sjv = grad((dz * jv.detach()).sum(), logits)[0]
    gv = flat(grad(z, theta, sjv, retain_graph=True))
    jtu = flat(grad(z, theta, u))
    return {"outputs": z, "loss": mean, "gradient": flat(gradient), "hessian": hv, "jacobian": jv, "gauss-newton": gv, "pulled": jtu}


def main(folder):
    arrays = {}
    for i, (text, loss, model, shape, n) in enumerate(CASES):
        make = torch.Generator().manual_seed(1000 + i)

        def numbers(*size):
            return 2 * torch.rand(*size, generator=make) - 1

        with torch.no_grad():
            for name, p in model.named_parameters():
                fan = p[0].numel() if p.dim() > 1 else 1
                p.copy_(1.5 / fan**0.5 * numbers(*p.shape))
            for module in model.modules():
                if isinstance(module, (nn.LayerNorm, nn.GroupNorm, nn.BatchNorm1d, nn.BatchNorm2d)):
                    module.weight.copy_(1 + 0.5 * numbers(*module.weight.shape))
        x = numbers(n, *shape)
        z = model(x)
        y = numbers(*z.shape)
        if loss.startswith("cross"):
            y = torch.softmax(3 * y, 1)
        theta = flat([p.detach() for p in model.parameters()])
        v, u = numbers(theta.numel()), numbers(*z.shape)
        case = {"parameters": theta, "inputs": x, "targets": y, "v": v, "u": u, **answers(model, LOSSES[loss], x, y, v, u)}
        for name, value in case.items():
            # A '/' would be a folder in the archive.
            arrays[f"{text}|{loss}|{name}"] = value.detach().numpy().reshape(n, -1) if name in ("inputs", "targets", "u", "outputs", "jacobian") else value.detach().numpy()
        if text == "cnn5:2x18x18-3:silu:width=2":
            np.savez(Path(folder) / "state-dict.npz", **{k: t.numpy() for k, t in model.state_dict().items()})
    np.savez_compressed(Path(folder) / "networks.npz", **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
