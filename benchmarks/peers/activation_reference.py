"""Values and derivatives of the activations to 17 digits, from mpmath at 60: the table that the tests of the tensor space read.

    python3 activation_reference.py > ../../tests/HessianKernels.Networks.Tests/Data/activations.txt

A line: the activation, z, f(z), f'(z), f''(z), f'''(z). Every z is a number of single precision, so that one table serves float and double.
"""
import random
import struct

from mpmath import erf, erfc, exp, mp, mpf, pi, sqrt, tanh

mp.dps = 60


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def derivatives(name, z):
    if name == "Tanh":
        t, e = tanh(z), exp(-2 * abs(z))
        s = 4 * e / (1 + e) ** 2
        return t, s, -2 * t * s, s * (6 * t * t - 2)
    if name in ("Sigmoid", "Silu"):
        e = exp(-abs(z))
        p = 1 / (1 + e) if z >= 0 else e / (1 + e)
        s, u = e / (1 + e) ** 2, -tanh(z / 2)
        if name == "Sigmoid":
            return p, s, s * u, s * (1 - 6 * s)
        return z * p, p + z * s, s * (2 + z * u), s * (3 * u + z * (1 - 6 * s))
    if name == "Gelu":
        share, density = erfc(-z / sqrt(mpf(2))) / 2, exp(-z * z / 2) / sqrt(2 * pi)
        return z * share, share + z * density, (2 - z * z) * density, (z * z - 4) * z * density
    density = 2 / sqrt(pi) * exp(-z * z)
    return erf(z), density, -2 * z * density, (4 * z * z - 2) * density


random.seed(20)
points = [0.0, 1e-45, 1e-38, 1e-30, 1e-8, 1e-4, 0.34657359, 0.34657362, 0.99999994, 1.0, 1.0000001, 1.4142135, 2.0, 6.0, 9.0, 13.5, 20.0, 27.0, 38.0, 100.0, 700.0, 744.0]
points += [random.uniform(0, 4) for _ in range(40)] + [10 ** random.uniform(-6, 1.6) for _ in range(30)]
for name in ("Tanh", "Sigmoid", "Silu", "Gelu", "Erf"):
    for point in points:
        for z in (single(point), -single(point)):
            print(name, *("%.17g" % float(v) for v in (z, *derivatives(name, mpf(z)))))
