using System.Text.RegularExpressions;

namespace HessianKernels.Tests.Architecture;

/// <summary>A source file of <c>src/</c>, with its comments and plain literals taken out: what is left is what the code names.</summary>
/// <param name="Path">From the repository's root, with forward slashes.</param>
/// <param name="Text">As it is on disk.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private const string Library = "src/HessianKernels/", Networks = "src/HessianKernels.Networks/";

    public string Code { get; } = CommentsAndLiterals().Replace(Text, match => match.Value[0] switch { '/' => " ", '$' => match.Value, _ => "\"\"" });

    /// <summary>The folder of the library it is in: "" at the root, null outside.</summary>
    public string? Folder => !Path.StartsWith(Library, StringComparison.Ordinal) ? null
        : Path.IndexOf('/', Library.Length) is >= 0 and var end ? Path[Library.Length..end] : "";

    /// <summary>The folder of the networks' project it is in: "" at the root, null outside.</summary>
    public string? NetworksFolder => !Path.StartsWith(Networks, StringComparison.Ordinal) ? null
        : Path.IndexOf('/', Networks.Length) is >= 0 and var end ? Path[Networks.Length..end] : "";

    public int Lines => Text.AsSpan().Count('\n');

    /// <summary>All of <c>src/</c>.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = Read();

    /// <summary>The folder that holds HessianKernels.sln, found upwards from the tests' binaries.</summary>
    private static string Root()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "HessianKernels.sln"))) return at.FullName;
        throw new DirectoryNotFoundException($"No HessianKernels.sln above {AppContext.BaseDirectory}.");
    }

    /// <summary>The text of a project file.</summary>
    public static string Project(string path) => File.ReadAllText(System.IO.Path.Combine(Root(), path));

    private static SourceFile[] Read()
    {
        string root = Root();
        return
        [
            .. Directory.EnumerateFiles(System.IO.Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
                .Select(path => (Path: System.IO.Path.GetRelativePath(root, path).Replace('\\', '/'), Full: path))
                .Where(file => !file.Path.Contains("/obj/") && !file.Path.Contains("/bin/"))
                .Select(file => new SourceFile(file.Path, File.ReadAllText(file.Full))),
        ];
    }

    /// <summary>Whether the code has the word, as a whole and in this case.</summary>
    public bool Names(string word) => Regex.IsMatch(Code, $@"(?<![\w@]){Regex.Escape(word)}(?!\w)");

    /// <summary>
    /// Whether the code names a folder's namespace: after <c>using</c>, in full, or by the short form that code within <c>namespace HessianKernels.X</c> may use.
    /// </summary>
    public bool NamesFolder(string folder)
        => Regex.IsMatch(Code, $@"HessianKernels\s*\.\s*{folder}(?!\w)") || Regex.IsMatch(Code, $@"(?<![\w.@]){folder}\s*\.\s*[A-Z]");

    /// <summary>Whether the code names a folder of the networks' project, in full or by the short form that code within <c>namespace HessianKernels.Networks.X</c> may use.</summary>
    public bool NamesNetworksFolder(string folder)
        => Regex.IsMatch(Code, $@"HessianKernels\s*\.\s*Networks\s*\.\s*{folder}(?!\w)") || Regex.IsMatch(Code, $@"(?<![\w.@]){folder}\s*\.\s*[A-Z]");

    /// <summary>Whether the code names a folder of the library underneath, in full: the short form is the networks' own.</summary>
    public bool NamesLibraryFolder(string folder) => Regex.IsMatch(Code, $@"HessianKernels\s*\.\s*{folder}(?!\w)");

    /// <summary>Types declared in the file, whatever their kind.</summary>
    public IEnumerable<string> Types => Declaration().Matches(Code).Select(match => match.Groups[1].Value);

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*""\""(.*?)""\""|\$?@"(?:[^"]|"")*"|\$?"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndLiterals();

    [GeneratedRegex(@"(?m)^(?:public|internal)\s[\w\s]*?\b(?:class|struct|record|interface|enum)\s+(?:struct\s+|class\s+)?(\w+)")]
    private static partial Regex Declaration();
}
