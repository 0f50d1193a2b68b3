using System.Diagnostics;
using HessianKernels.Conformance;
using HessianKernels.Dense;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using HessianKernels.Tests.Storage;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public sealed class JacobianFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes the elements, given in C order, as another program would have laid them out.</summary>
    private string Write(string name, double[] elements, int[] shape, bool single = false, bool bigEndian = false, bool fortran = false)
    {
        string text = $"({string.Join(", ", shape)})";
        byte[] file = StorageSamples.Framed(StorageSamples.Dict(text, $"'{(bigEndian ? '>' : '<')}f{(single ? 4 : 8)}'", fortran ? "True" : "False"));
        List<byte> bytes = [.. file];
        for (int at = 0; at < elements.Length; at++)
        {
            double x = elements[fortran ? FromFortran(at, shape) : at];
            byte[] element = single ? BitConverter.GetBytes((float)x) : BitConverter.GetBytes(x);
            if (bigEndian) Array.Reverse(element);
            bytes.AddRange(element);
        }

        return _folder.Write(name, [.. bytes]);
    }

    /// <summary>The place in C order of what is at a place in Fortran order.</summary>
    private static int FromFortran(int at, int[] shape)
    {
        int[] index = new int[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++) (index[axis], at) = (at % shape[axis], at / shape[axis]);
        return index.Zip(shape).Aggregate(0, (place, axis) => place * axis.Second + axis.First);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void EveryLayoutGivesTheSetInMemory(bool single, bool bigEndian, bool fortran)
    {
        foreach (int[] shape in (int[][])[[5, 37], [4, 3, 29], [1, 8], [7, 1], [3, 1, 5], [1, 4, 6], [6, 2, 1]])
        {
            double[] elements = Operators.Matrices.Random<double>(shape.Aggregate((a, b) => a * b), 2);
            if (single) elements = Array.ConvertAll(elements, x => (double)(float)x);
            string path = Write($"{shape.Length}-{shape[0]}-{shape[^1]}.npy", elements, shape, single, bigEndian, fortran);
            (int n, int r, int d) = (shape[0], shape.Length == 3 ? shape[1] : 1, shape[^1]);
            FunctionSpace expected = CurvatureSet.FromFactors<double>(elements, n, r, d).Reduce();
            // Blocks of one column, of three, and of all.
            foreach (long bytes in (long[])[1, 3 * (single ? 4 : 8) * n * r, JacobianFile.DefaultBlockBytes])
            {
                CurvatureSet set = JacobianFile.Read(path, bytes);
                Assert.Equal((n, r, (long)d), (set.Examples, set.Rows, set.Parameters));
                FunctionSpace found = set.Reduce();
                string what = $"({string.Join(", ", shape)}), blocks of {bytes} bytes";
                Tolerance.Equal(expected.Eigenvalues, found.Eigenvalues, 1e-13 * expected.Eigenvalues[0], what);
                var phi = DenseSet.Factors(expected);
                var psi = DenseSet.Factors(found);
                Tolerance.Equal<double>(
                    phi.TransposeAndMultiply(phi).ToRowMajorArray(), psi.TransposeAndMultiply(psi).ToRowMajorArray(), 1e-12 * n * expected.Eigenvalues[0], what);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThreadsChangeNoBit(bool fortran)
    {
        string path = Write("threads.npy", Operators.Matrices.Random<double>(40 * 900, 6), [40, 900], fortran: fortran);
        FunctionSpace one = JacobianFile.Read(path, 64 * 40 * 16, threads: 1).Reduce(threads: 1), four = JacobianFile.Read(path, 64 * 40 * 16, threads: 4).Reduce(threads: 4);
        Tolerance.SameBits(one.Eigenvalues, four.Eigenvalues, "eigenvalues");
        Tolerance.SameBits(one.Factors, four.Factors, "Phi");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsNotFiniteIsNamedByItsPlace(bool fortran)
    {
        double[] elements = new double[3 * 2 * 11];
        elements[(2 * 2 + 1) * 11 + 7] = double.NaN;
        foreach (long bytes in (long[])[1, 2 * 96, JacobianFile.DefaultBlockBytes])
        {
            NpyFormatException fault = Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("nan.npy", elements, [3, 2, 11], fortran: fortran), bytes));
            Assert.Contains("NaN in example 2, row 1, column 7", fault.Message);
            fault = Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("nan2.npy", elements, [6, 11], fortran: fortran), bytes));
            Assert.Contains("NaN in row 5, column 7", fault.Message);
        }

        elements[(2 * 2 + 1) * 11 + 7] = 1e200;
        Assert.Contains("sum of squares", Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("huge.npy", elements, [6, 11], fortran: fortran))).Message);
    }

    [Fact]
    public void LyingAndTruncatedFilesAreRefusedWithBothNumbers()
    {
        string path = Write("short.npy", new double[20], [4, 6]);
        NpyFormatException fault = Assert.Throws<NpyFormatException>(() => JacobianFile.Read(path));
        Assert.Contains("160 bytes", fault.Message);
        Assert.Contains("192 bytes", fault.Message);
        Assert.Contains("192", Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("long.npy", new double[25], [4, 6]))).Message);
        Assert.Contains("(20,)", Assert.Throws<NpyFormatException>(() => JacobianFile.Read(WriteVector())).Message);
        Assert.Contains("(0, 6)", Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("empty.npy", [], [0, 6]))).Message);
        Assert.Contains("(6, 0)", Assert.Throws<NpyFormatException>(() => JacobianFile.Read(Write("flat.npy", [], [6, 0]))).Message);
        Assert.Throws<FileNotFoundException>(() => JacobianFile.Read(_folder["none.npy"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => JacobianFile.Read(path, 0));
    }

    private string WriteVector()
    {
        Npy.Write<double>(_folder["vector.npy"], new double[20], [20]);
        return _folder["vector.npy"];
    }

    [Fact]
    public void ProgressCountsColumnsAndCancellationEndsTheRun()
    {
        string path = Write("progress.npy", Operators.Matrices.Random<double>(4 * 10, 1), [4, 10]);
        List<long> seen = [];
        JacobianFile.Read(path, 3 * 4 * 8, progress: new Now(seen.Add));
        Assert.Equal([3, 6, 9, 10], seen);

        using CancellationTokenSource source = new();
        seen.Clear();
        Assert.Throws<OperationCanceledException>(() => JacobianFile.Read(path, 1, progress: new Now(column =>
        {
            seen.Add(column);
            if (column == 4) source.Cancel();
        }), cancellation: source.Token));
        Assert.Equal([1, 2, 3, 4], seen);
        // The file is closed: it can be removed on any system, and written again.
        File.Delete(path);
    }

    [Fact]
    public void AFileCutOffMeanwhileIsRefusedWithBothNumbers()
    {
        // Windows does not let a file be cut off that another has open.
        if (OperatingSystem.IsWindows()) return;
        string path = Write("cut.npy", new double[4 * 10], [4, 10]);
        NpyFormatException fault = Assert.Throws<NpyFormatException>(() => JacobianFile.Read(path, 1, progress: new Now(column =>
        {
            if (column < 3) return;
            using Process cut = Process.Start("truncate", ["--size=-200", path]);
            cut.WaitForExit();
        })));
        Assert.Contains("120 bytes", fault.Message);
        Assert.Contains("320 bytes", fault.Message);
    }

    private sealed class Now(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }

    [Fact]
    public void BytesAreKnownBeforeTheyAreTaken()
        => Assert.Equal(1000 + 16 * 36 + SymmetricEigendecomposition.ScratchBytes(6), JacobianFile.RequiredBytes(3, 2, 1000));

    [Fact]
    public void ColumnsAreReadOutOfTheirLines()
    {
        double[] elements = Operators.Matrices.Random<double>(2 * 3 * 5, 1);
        using NpyReader reader = NpyReader.Open(Write("columns.npy", elements, [2, 3, 5]));
        float[] block = new float[6 * 2];
        foreach (int first in (int[])[3, 0, 2])
        {
            reader.ReadColumns<float>(first, 2, block);
            for (int line = 0; line < 6; line++)
                for (int c = 0; c < 2; c++) Assert.Equal((float)elements[line * 5 + first + c], block[line * 2 + c]);
        }

        double[] row = new double[15];
        Assert.Equal(1, reader.ReadRows<double>(row));
        Assert.Equal(elements[..15], row);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.ReadColumns<float>(4, 2, block));
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => reader.ReadColumns<float>(0, 2, block.AsSpan(1))).Message);
        using NpyReader pipe = new(new PipeStream(File.ReadAllBytes(_folder["columns.npy"])));
        Assert.Throws<NotSupportedException>(() => pipe.ReadColumns<float>(0, 2, block));
        using NpyReader fortran = NpyReader.Open(Write("fortran.npy", elements, [2, 3, 5], fortran: true));
        Assert.Throws<NotSupportedException>(() => fortran.ReadColumns<float>(0, 2, block));
    }
}
