"""Writes the .npy and .npz fixtures beside this script, with numpy itself: python3 make_fixtures.py

Element i (in C order) of every float array is i * 0.75 - 2.5, exact in float32.
"""
import os
import numpy as np
from numpy.lib import format as npy

folder = os.path.dirname(os.path.abspath(__file__))


def values(shape, dtype):
    count = int(np.prod(shape, dtype=np.int64))
    return (np.arange(count) * 0.75 - 2.5).astype(dtype).reshape(shape)


def save(name, array, version=None):
    with open(os.path.join(folder, name), "wb") as file:
        npy.write_array(file, array, version=version, allow_pickle=True)


for dtype in ("<f4", ">f4", "<f8", ">f8"):
    tag = dtype.replace("<", "le_").replace(">", "be_")
    save(f"{tag}_c.npy", values((3, 5), dtype))
    save(f"{tag}_f.npy", np.asfortranarray(values((3, 5), dtype)))

for version in ((1, 0), (2, 0), (3, 0)):
    save(f"v{version[0]}.npy", values((2, 3, 2), "<f8"), version)

save("scalar.npy", values((), "<f8"))
save("vector.npy", values((5,), "<f8"))
save("empty.npy", values((0, 3), "<f4"))
save("rank3_f.npy", np.asfortranarray(values((2, 3, 4), "<f8")))
save("rank4_f.npy", np.asfortranarray(values((2, 3, 1, 5), "<f4")))
# Headers of 127 and 128 bytes before padding, with numpy's room to grow: padded to 128 and to 192.
save("header_127.npy", values((0,) + 12 * (1,) + (10,), "<f8"))
save("header_128.npy", values((0,) + 12 * (1,) + (100,), "<f8"))
save("rounding.npy", np.array([0.1, 1 + 2.0**-24, 1 + 3 * 2.0**-24, 1e300, -1e-60, np.inf, np.nan]))

save("int64.npy", np.arange(3))
save("bool.npy", np.array([True, False]))
save("half.npy", np.zeros(2, "<f2"))
save("complex64.npy", np.zeros(2, "<c8"))
save("complex128.npy", np.zeros(2, "<c16"))
save("structured.npy", np.zeros(2, [("x", "<f4"), ("y", "<f8")]))
save("structured_v3.npy", np.zeros(2, [("\u03bb", "<f4")]), (3, 0))
save("object.npy", np.array([None, "x"], object))
save("text.npy", np.array(["ab", "c"]))

np.savez(os.path.join(folder, "stored.npz"), a=values((3, 5), "<f8"), b=values((4,), ">f4"))
np.savez_compressed(os.path.join(folder, "deflated.npz"), a=values((3, 5), "<f8"), b=np.asfortranarray(values((2, 4), "<f4")))
np.savez(os.path.join(folder, "single.npz"), only=values((2, 2), "<f8"))

# Integers of every width: the ends of the range and what lies between, all exact in float64 but the ends of 64 bits.
integers = {}
for kind in ("|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8"):
    ends = (0, 1) if kind == "|b1" else (np.iinfo(kind).min, np.iinfo(kind).max)
    integers[kind[1:] + ("_be" if kind[0] == ">" else "")] = np.array([[ends[0], 0, 1], [1, 0, ends[1]]], kind)
integers["i4_f"] = np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3))
np.savez(os.path.join(folder, "integers.npz"), **integers)
