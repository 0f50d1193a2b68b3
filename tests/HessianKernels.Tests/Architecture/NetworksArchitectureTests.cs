using System.Text.RegularExpressions;
using Xunit;

namespace HessianKernels.Tests.Architecture;

/// <summary>Who may know whom in the networks' project, and what of the library underneath.</summary>
public class NetworksArchitectureTests
{
    private static readonly string[] LibraryFolders = ["Kernels", "Spaces", "Krylov", "Operators", "Storage", "Dense", "SecondMoment", "Sharpness"];

    /// <summary>The project's folders: what each may know of the others, and of the library's.</summary>
    private static readonly Dictionary<string, (string[] Own, string[] Library)> MayKnow = new()
    {
        ["Kernels"] = ([], ["Kernels"]),
        ["Tensors"] = (["Kernels"], ["Kernels", "Spaces"]),
        ["Layers"] = (["Tensors"], []),
        ["Losses"] = (["Tensors"], []),
        // Seeds' numbers and files of parameters.
        ["Models"] = (["Layers", "Losses", "Tensors"], ["Kernels", "Storage"]),
        ["Curvature"] = (["Tensors", "Layers", "Losses", "Models", "Data"], ["Kernels", "Spaces", "Krylov", "Operators", "Storage", "SecondMoment", "Sharpness"]),
        ["Data"] = (["Tensors"], ["Storage", "Kernels", "Dense"]),
        ["Training"] = (["Tensors", "Layers", "Losses", "Models", "Curvature", "Data"], LibraryFolders),
    };

    private static readonly string[] Outsiders =
        ["Console", "Spectre", "CommandLine", "Xunit", "FsCheck", "MathNet", "BenchmarkDotNet", "Tests", "Conformance", "Benchmarks", "ILGPU", "Cli"];

    /// <summary>What is wrong with a file, in words; nothing where nothing is.</summary>
    private static IEnumerable<string> Faults(SourceFile file)
    {
        if (file.NetworksFolder is not { } folder) yield break;
        foreach (string outsider in Outsiders)
            if (file.Names(outsider)) yield return $"{file.Path} names {outsider}; the networks do not.";
        if (folder == "") yield break;
        if (!MayKnow.TryGetValue(folder, out (string[] Own, string[] Library) allowed))
        {
            yield return $"{file.Path}: nothing is said of what {folder} may know.";
            yield break;
        }

        foreach (string other in MayKnow.Keys)
            if (other != folder && !allowed.Own.Contains(other) && file.NamesNetworksFolder(other)) yield return $"{file.Path} knows {other}; {folder} may not.";
        foreach (string other in LibraryFolders)
            if (!allowed.Library.Contains(other) && file.NamesLibraryFolder(other)) yield return $"{file.Path} knows the library's {other}; {folder} may not.";
    }

    [Fact]
    public void NobodyKnowsWhomTheyShouldNot()
    {
        string[] faults = [.. SourceFile.All.SelectMany(Faults)];
        Assert.True(faults.Length == 0, string.Join("\n", faults));
    }

    [Fact]
    public void TheProjectsSourceIsRead()
    {
        foreach (string folder in (string[])["Kernels", "Tensors"]) Assert.Contains(SourceFile.All, file => file.NetworksFolder == folder);
        // The arrows that are there are seen.
        Assert.Contains(SourceFile.All, file => file.NetworksFolder == "Tensors" && file.NamesNetworksFolder("Kernels"));
        Assert.Contains(SourceFile.All, file => file.NetworksFolder == "Tensors" && file.NamesLibraryFolder("Spaces"));
        Assert.Contains(SourceFile.All, file => file.NetworksFolder == "Kernels" && file.NamesLibraryFolder("Kernels"));
    }

    [Fact]
    public void TheProjectUsesNoPackage()
    {
        foreach (string project in (string[])["HessianKernels", "HessianKernels.Networks"])
        {
            string text = SourceFile.Project($"src/{project}/{project}.csproj");
            Assert.Contains("<Project", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(new Regex("PackageReference", RegexOptions.IgnoreCase), text);
        }
    }

    [Theory]
    [InlineData("Kernels/Pooling.cs", "using HessianKernels.Networks.Tensors;")]
    [InlineData("Kernels/Pooling.cs", "using HessianKernels.Spaces;")]
    [InlineData("Kernels/Pooling.cs", "var x = Tensors.GroupShape.Rows(1, 2);")]
    [InlineData("Tensors/CpuTensorSpace.cs", "using HessianKernels.Networks.Layers;")]
    [InlineData("Tensors/CpuTensorSpace.cs", "using HessianKernels.Krylov;")]
    [InlineData("Layers/Linear.cs", "using HessianKernels.Networks.Kernels;")]
    [InlineData("Layers/Linear.cs", "using HessianKernels.Kernels;")]
    [InlineData("Layers/Linear.cs", "using HessianKernels.Networks.Losses;")]
    [InlineData("Losses/CrossEntropy.cs", "using HessianKernels.Networks.Models;")]
    [InlineData("Models/Model.cs", "using HessianKernels.Networks.Curvature;")]
    [InlineData("Models/Model.cs", "using HessianKernels.Krylov;")]
    [InlineData("Curvature/Gradient.cs", "using HessianKernels.Networks.Training;")]
    [InlineData("Curvature/Gradient.cs", "using HessianKernels.Dense;")]
    [InlineData("Data/Idx.cs", "using HessianKernels.Networks.Models;")]
    [InlineData("Data/Idx.cs", "using HessianKernels.Krylov;")]
    [InlineData("Layers/Linear.cs", "System.Console.Write(1);")]
    [InlineData("Training/Tracker.cs", "using Spectre.Console;")]
    [InlineData("Tensors/CpuTensorSpace.cs", "using HessianKernels.Conformance;")]
    [InlineData("Plots/Plot.cs", "int x;")]
    public void AFaultIsFound(string path, string code)
        => Assert.NotEmpty(Faults(new($"src/HessianKernels.Networks/{path}", $"namespace HessianKernels.Networks;\n{code}\n")));

    [Theory]
    [InlineData("Kernels/Pooling.cs", "using HessianKernels.Kernels;")]
    [InlineData("Tensors/CpuTensorSpace.cs", "using HessianKernels.Networks.Kernels; using HessianKernels.Kernels; using HessianKernels.Spaces;")]
    [InlineData("Models/Model.cs", "using HessianKernels.Networks.Layers; using HessianKernels.Networks.Losses;")]
    [InlineData("Curvature/Hessian.cs", "using HessianKernels.Operators; using HessianKernels.Networks.Models;")]
    [InlineData("Training/Tracker.cs", "using HessianKernels.Storage; using HessianKernels.Networks.Curvature;")]
    [InlineData("Data/Npz.cs", "using HessianKernels.Storage; // using HessianKernels.Krylov")]
    public void WhatIsAllowedIsNoFault(string path, string code) => Assert.Empty(Faults(new($"src/HessianKernels.Networks/{path}", code)));
}
