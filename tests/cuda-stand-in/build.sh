#!/usr/bin/env bash
# Builds the stand-ins for CUDA's driver and for cuBLAS, with a C++20 compiler and nothing else:
#   tests/cuda-stand-in/build.sh [FOLDER]     by default artifacts/cuda-stand-in, which git ignores
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../artifacts/cuda-stand-in}
mkdir -p "$out/with-cublas"
# No contraction: the stand-in fuses where it is told to, and nowhere else.
flags=(-std=c++20 -O2 -Wall -Wextra -Werror -fPIC -shared -ffp-contract=off)
"${CXX:-g++}" "${flags[@]}" -o "$out/libcuda.so.1" "$here"/{parse,actions,lane,driver}.cpp
"${CXX:-g++}" "${flags[@]}" -o "$out/with-cublas/libcublas.so.12" "$here/blas.cpp"
