using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>The same matrices in every form of file give the same bits.</summary>
public sealed class FileFormTests : IDisposable
{
    private const int N = 9;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task BigEndianAndFortranOrder()
    {
        double[] a = Matrices.Spiked(N, batch: 2), one = a[..(N * N)];
        double[] reversed = new double[a.Length];
        for (int b = 0; b < 2; b++)
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++) reversed[(j * N + i) * 2 + b] = a[(b * N + i) * N + j];
        double[] expected = Lanczos.TopK<double>(one, N, 2).Eigenvalues;
        string big = Matrices.WriteRaw(_folder["big.npy"], ">f8", false, $"({N}, {N})", Matrices.BigEndian(one));
        string fortran = Matrices.WriteRaw(_folder["fortran.npy"], "<f8", true, $"({N}, {N})", Matrices.LittleEndian(one));
        string stack = Matrices.WriteRaw(_folder["stack.npy"], ">f8", true, $"(2, {N}, {N})", Matrices.BigEndian(reversed));
        JsonAssert.Same(expected, (await HkProcess.Run("topk", big, "-k", "2", "--json")).Json.GetProperty("eigenvalues"));
        JsonAssert.Same(expected, (await HkProcess.Run("topk", fortran, "-k", "2", "--json")).Json.GetProperty("eigenvalues"));
        JsonAssert.Same(expected, (await HkProcess.Run("topk", stack, "-k", "2", "--json")).Json.GetProperty("items")[0].GetProperty("eigenvalues"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ArchivesNameTheirMembers(bool compressed)
    {
        double[] a = Matrices.Spiked(N), b = Matrices.Spiked(N, seed: 8);
        string file = _folder["two.npz"], single = _folder["one.npz"];
        using (NpzWriter archive = NpzWriter.Create(file, compressed: compressed))
        {
            archive.Write<double>("first", a, [N, N]);
            archive.Write<double>("second", b, [N, N]);
            archive.Complete();
        }

        using (NpzWriter archive = NpzWriter.Create(single, compressed: compressed))
        {
            archive.Write<double>("only", b, [N, N]);
            archive.Complete();
        }

        double[] expected = Lanczos.TopK<double>(b, N, 2).Eigenvalues;
        JsonAssert.Same(expected, (await HkProcess.Run("topk", file, "--member", "second", "-k", "2", "--json")).Json.GetProperty("eigenvalues"));
        JsonAssert.Same(expected, (await HkProcess.Run("topk", single, "-k", "2", "--json")).Json.GetProperty("eigenvalues"));
        HkRun which = await HkProcess.Run("topk", file, "-k", "2", "--json"), none = await HkProcess.Run("topk", file, "--member", "third", "-k", "2");
        foreach (HkRun run in (ReadOnlySpan<HkRun>)[which, none])
        {
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains("\"first\", \"second\"", run.Error);
        }

        Assert.Contains("--member", which.Error);
    }
}
