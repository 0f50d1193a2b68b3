// The entry points of cuBLAS that this project calls, by plain loops whose sums are double: a check of what it is told, not of its speed.
// STAND_IN_CUBLAS_VERSION is the major version that it says it has, 12 where it is not set.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr int Success = 0, InvalidValue = 7, Upper = 1;

// op(A)[i, k], column-major.
template <typename T>
T Element(const T* a, int leading, bool transposed, int i, int k) {
    return transposed ? a[k + static_cast<int64_t>(i) * leading] : a[i + static_cast<int64_t>(k) * leading];
}

template <typename T>
T Sum(T alpha, double sum, T beta, T before) { return static_cast<T>(alpha * sum + (beta == 0 ? 0 : static_cast<double>(beta) * before)); }

template <typename T>
int Gemm(
    int ta, int tb, int m, int n, int k, const T* alpha, const T* a, int lda, long long sa, const T* b, int ldb, long long sb, const T* beta, T* c, int ldc, long long sc,
    int batch) {
    if (m < 0 || n < 0 || k < 0 || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m || lda < 1 || ldb < 1) return InvalidValue;
    for (int item = 0; item < batch; item++)
        for (int j = 0; j < n; j++)
            for (int i = 0; i < m; i++) {
                double sum = 0;
                for (int p = 0; p < k; p++)
                    sum += static_cast<double>(Element(a + item * sa, lda, ta != 0, i, p)) * Element(b + item * sb, ldb, tb != 0, p, j);
                T& result = c[item * sc + i + static_cast<int64_t>(j) * ldc];
                result = Sum(*alpha, sum, *beta, result);
            }
    return Success;
}

// One triangle of alpha op(A) op(B)^T + beta C.
template <typename T>
int Syrkx(int uplo, int trans, int n, int k, const T* alpha, const T* a, int lda, const T* b, int ldb, const T* beta, T* c, int ldc) {
    if (n < 0 || k < 0 || lda < (trans ? k : n) || ldb < (trans ? k : n) || ldc < n) return InvalidValue;
    for (int j = 0; j < n; j++)
        for (int i = uplo == Upper ? 0 : j; i < (uplo == Upper ? j + 1 : n); i++) {
            double sum = 0;
            for (int p = 0; p < k; p++) sum += static_cast<double>(Element(a, lda, trans != 0, i, p)) * Element(b, ldb, trans != 0, j, p);
            T& result = c[i + static_cast<int64_t>(j) * ldc];
            result = Sum(*alpha, sum, *beta, result);
        }
    return Success;
}

}  // namespace

extern "C" {

int cublasCreate_v2(void** handle) { return *handle = handle, Success; }
int cublasDestroy_v2(void*) { return Success; }

int cublasGetProperty(int which, int* value) {
    const char* version = std::getenv("STAND_IN_CUBLAS_VERSION");
    return *value = which != 0 ? 0 : version == nullptr ? 12 : std::atoi(version), Success;
}

int cublasSetStream_v2(void*, void*) { return Success; }
int cublasSetPointerMode_v2(void*, int mode) { return mode == 0 ? Success : InvalidValue; }

int cublasDgemmStridedBatched(
    void*, int ta, int tb, int m, int n, int k, const double* alpha, const double* a, int lda, long long sa, const double* b, int ldb, long long sb, const double* beta,
    double* c, int ldc, long long sc, int batch) {
    return Gemm(ta, tb, m, n, k, alpha, a, lda, sa, b, ldb, sb, beta, c, ldc, sc, batch);
}

int cublasSgemmStridedBatched(
    void*, int ta, int tb, int m, int n, int k, const float* alpha, const float* a, int lda, long long sa, const float* b, int ldb, long long sb, const float* beta,
    float* c, int ldc, long long sc, int batch) {
    return Gemm(ta, tb, m, n, k, alpha, a, lda, sa, b, ldb, sb, beta, c, ldc, sc, batch);
}

int cublasDsyrkx(void*, int uplo, int trans, int n, int k, const double* alpha, const double* a, int lda, const double* b, int ldb, const double* beta, double* c, int ldc) {
    return Syrkx(uplo, trans, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int cublasSsyrkx(void*, int uplo, int trans, int n, int k, const float* alpha, const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
    return Syrkx(uplo, trans, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int cublasDsymv_v2(void*, int uplo, int n, const double* alpha, const double* a, int lda, const double* x, int incx, const double* beta, double* y, int incy) {
    if (n < 0 || lda < n || incx < 1 || incy < 1) return InvalidValue;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += ((uplo == Upper) == (i <= j) ? a[i + static_cast<int64_t>(j) * lda] : a[j + static_cast<int64_t>(i) * lda]) * x[static_cast<int64_t>(j) * incx];
        double& result = y[static_cast<int64_t>(i) * incy];
        result = Sum(*alpha, sum, *beta, result);
    }
    return Success;
}

}  // extern "C"
