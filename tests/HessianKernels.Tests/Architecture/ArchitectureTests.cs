using Xunit;

namespace HessianKernels.Tests.Architecture;

/// <summary>Who may know whom: DESIGN.md's arrows, held against what the source files name.</summary>
public class ArchitectureTests
{
    private const int MostLines = 400;

    /// <summary>The library's folders, what each may know of the others, and whether it may know the types at the root.</summary>
    private static readonly Dictionary<string, (string[] Folders, bool Root)> MayKnow = new()
    {
        ["Kernels"] = ([], false),
        ["Spaces"] = (["Kernels"], false),
        ["Krylov"] = (["Spaces"], false),
        ["Operators"] = (["Spaces", "Kernels"], false),
        ["Storage"] = (["Krylov"], true),
        ["Dense"] = (["Kernels"], false),
        ["SecondMoment"] = (["Krylov", "Operators", "Spaces", "Kernels", "Dense"], true),
        ["Sharpness"] = (["Krylov", "Operators", "Spaces", "Kernels", "Dense", "SecondMoment"], true),
    };

    /// <summary>What no numerics may name: whoever prints, tests or measures it.</summary>
    private static readonly string[] Outsiders =
        ["Console", "Spectre", "Xunit", "FsCheck", "MathNet", "BenchmarkDotNet", "Tests", "Conformance", "Benchmarks", "ILGPU", "Cli", "Reproduction"];

    private static readonly string[] RootTypes = [.. SourceFile.All.Where(file => file.Folder == "").SelectMany(file => file.Types).Distinct()];

    /// <summary>What is wrong with a file, in words; nothing where nothing is.</summary>
    private static IEnumerable<string> Faults(SourceFile file)
    {
        if (file.Lines > MostLines) yield return $"{file.Path} has {file.Lines} lines; at most {MostLines} are one idea.";
        if (file.Names("ILGPU") && !file.Path.StartsWith("src/HessianKernels.Gpu/", StringComparison.Ordinal)) yield return $"{file.Path} names ILGPU; one project may.";
        foreach (string outsider in (string[])["Xunit", "FsCheck", "BenchmarkDotNet", "HessianKernels.Tests", "HessianKernels.Conformance", "HessianKernels.Benchmarks"])
            if (file.Names(outsider)) yield return $"{file.Path} names {outsider}; nothing in src knows a test or a benchmark.";
        foreach (string fault in FaultsOfReproduction(file)) yield return fault;
        if (file.Folder is not { } folder) yield break;

        foreach (string outsider in Outsiders)
            if (file.Names(outsider)) yield return $"{file.Path} names {outsider}; the library does not.";
        if (folder == "") yield break;
        if (!MayKnow.TryGetValue(folder, out (string[] Folders, bool Root) allowed))
        {
            yield return $"{file.Path}: nothing is said of what {folder} may know.";
            yield break;
        }

        foreach (string other in MayKnow.Keys)
            if (other != folder && !allowed.Folders.Contains(other) && file.NamesFolder(other)) yield return $"{file.Path} knows {other}; {folder} may not.";
        if (allowed.Root) yield break;
        foreach (string type in RootTypes)
            if (file.Names(type)) yield return $"{file.Path} knows {type} at the root; {folder} may not.";
    }

    /// <summary>The reproduction knows the library, and prints nothing; its pictures know nobody.</summary>
    private static IEnumerable<string> FaultsOfReproduction(SourceFile file)
    {
        const string project = "src/HessianKernels.Reproduction/";
        if (!file.Path.StartsWith(project, StringComparison.Ordinal)) yield break;
        foreach (string outsider in (string[])["Console", "Spectre", "MathNet", "Cli", "Kernels", "Unsafe"])
            if (file.Names(outsider)) yield return $"{file.Path} names {outsider}; the reproduction does not.";
        string rest = file.Code.Replace("HessianKernels.Reproduction.Pictures", "", StringComparison.Ordinal);
        if (file.Path.StartsWith(project + "Pictures/", StringComparison.Ordinal) && rest.Contains("HessianKernels", StringComparison.Ordinal))
            yield return $"{file.Path} names the library; a picture knows numbers alone.";
    }

    [Fact]
    public void NobodyKnowsWhomTheyShouldNot()
    {
        string[] faults = [.. SourceFile.All.SelectMany(Faults)];
        Assert.True(faults.Length == 0, string.Join("\n", faults));
    }

    [Fact]
    public void AllOfTheSourceIsRead()
    {
        string[] folders = [.. SourceFile.All.Select(file => file.Folder).OfType<string>().Distinct()];
        foreach (string folder in (string[])["", "Kernels", "Spaces", "Krylov", "Operators", "Storage"]) Assert.Contains(folder, folders);
        foreach (string type in (string[])["Lanczos", "LanczosResult", "Eigenpairs", "LanczosWorkspace", "Trace", "SpectralDensity"]) Assert.Contains(type, RootTypes);
        // The arrows that are there are seen.
        Assert.Contains(SourceFile.All, file => file.Folder == "Krylov" && file.NamesFolder("Spaces"));
        Assert.Contains(SourceFile.All, file => file.Folder == "Operators" && file.NamesFolder("Kernels"));
        Assert.Contains(SourceFile.All, file => file.Folder == "Storage" && file.Names("LanczosCheckpoint"));
    }

    [Theory]
    [InlineData("Kernels/Dot.cs", "using HessianKernels.Spaces;")]
    [InlineData("Kernels/Dot.cs", "var x = Krylov.RitzOrder.Place(0, 1, 0);")]
    [InlineData("Spaces/CpuSpace.cs", "using Order = HessianKernels.Krylov.RitzOrder;")]
    [InlineData("Spaces/CpuSpace.cs", "using static HessianKernels.Operators.DenseSymmetric;")]
    [InlineData("Krylov/LanczosItem.cs", "using HessianKernels.Kernels;")]
    [InlineData("Krylov/LanczosItem.cs", "double d = Kernels.Dot.Of(x, y, 3);")]
    [InlineData("Krylov/LanczosItem.cs", "double d = global::HessianKernels.Kernels.Dot.Of(x, y, 3);")]
    [InlineData("Krylov/LanczosItem.cs", "LanczosResult<double>? result = null;")]
    [InlineData("Krylov/LanczosItem.cs", "throw new InvalidOperationException($\"{Lanczos.TopK(a, 3, 1)}\");")]
    [InlineData("Operators/GramSide.cs", "using HessianKernels.Krylov;")]
    [InlineData("Operators/GramSide.cs", "using HessianKernels.Storage;")]
    [InlineData("Storage/Npy.Read.cs", "using HessianKernels.Kernels;")]
    [InlineData("Lanczos.cs", "System.Console.Write(1);")]
    [InlineData("Lanczos.cs", "using Xunit;")]
    [InlineData("Lanczos.cs", "using BenchmarkDotNet.Attributes;")]
    [InlineData("Krylov/LanczosItem.cs", "Console.Error.Write(1);")]
    [InlineData("Kernels/Dot.cs", "using ILGPU;")]
    [InlineData("Plots/Plot.cs", "int x;")]
    public void AFaultIsFound(string path, string code)
        => Assert.NotEmpty(Faults(new($"src/HessianKernels/{path}", $"namespace HessianKernels;\n{code}\n")));

    [Theory]
    [InlineData("src/HessianKernels.Cli/Program.cs", "using ILGPU;")]
    [InlineData("src/HessianKernels.Cli/Program.cs", "using HessianKernels.Conformance;")]
    [InlineData("src/HessianKernels.Reproduction/Reproducer.cs", "System.Console.Write(1);")]
    [InlineData("src/HessianKernels.Reproduction/Figures/Figure1.cs", "using HessianKernels.Kernels;")]
    [InlineData("src/HessianKernels.Reproduction/Pictures/Chart.cs", "using HessianKernels.SecondMoment;")]
    [InlineData("src/HessianKernels/Lanczos.cs", "using HessianKernels.Reproduction;")]
    public void AFaultOutsideTheLibraryIsFound(string path, string code) => Assert.NotEmpty(Faults(new(path, code)));

    [Theory]
    [InlineData("Kernels/Dot.cs", "/// <summary>See <see cref=\"Spaces.IVectorSpace{TView}\"/>, not Console.</summary>")]
    [InlineData("Kernels/Dot.cs", "// HessianKernels.Krylov does this\nconst string Name = \"HessianKernels.Krylov \\\" Console\"; /* using Xunit; \n Console */")]
    [InlineData("Spaces/CpuSpace.cs", "using HessianKernels.Kernels;")]
    [InlineData("Krylov/LanczosItem.cs", "using HessianKernels.Spaces; int ConsoleWidth; double x = item.Kernels.Length;")]
    [InlineData("Storage/Npy.Read.cs", "LanczosCheckpoint<double>? checkpoint = null;")]
    public void WhatIsAllowedIsNoFault(string path, string code) => Assert.Empty(Faults(new($"src/HessianKernels/{path}", code)));

    [Fact]
    public void ALongFileIsAFault()
    {
        Assert.Empty(Faults(new("src/HessianKernels.Cli/Program.cs", new string('\n', MostLines))));
        Assert.NotEmpty(Faults(new("src/HessianKernels.Cli/Program.cs", new string('\n', MostLines + 1))));
    }
}
