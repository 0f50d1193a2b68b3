using System.Numerics;
using System.Reflection;
using System.Text.RegularExpressions;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>What the compiler makes of the kernels for an NVIDIA device, sm_80, with none at hand.</summary>
public sealed partial class PtxTests : IDisposable
{
    private readonly Context _context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1));

    private static readonly Type[] Numbers =
    [
        .. ByAccess<double, Pair, PairOfDoubles>(), .. ByAccess<float, Quad, QuadOfSingles>(),
        .. ByLoad<double, double, OneDouble, DeviceMath.InDouble>(), .. ByLoad<double, Pair, PairOfDoubles, DeviceMath.InDouble>(),
        .. ByLoad<float, float, OneSingle, DeviceMath.InSingle>(), .. ByLoad<float, Quad, QuadOfSingles, DeviceMath.InSingle>(),
        .. ByElement<double, OneDouble>(), .. ByElement<float, OneSingle>(), .. ByRow<double, OneDouble, Pair, PairOfDoubles>(),
        .. ByRow<float, OneSingle, Quad, QuadOfSingles>(), typeof(MomentKernels), typeof(BatchKernels),
    ];

    /// <summary>Kernels that work on coefficients, sums of chunks and decisions, a few numbers an item, whatever the load.</summary>
    private static readonly string[] OfCoefficients
        = ["FinishDot", "FinishQuotient", "FinishNorm", "FinishProject", "DecideAlone", "DecideOnce", "DecideTwice", "AddSecond", "DivideWhere", "FinishMultiply"];

    /// <summary>Of the kernels that are of doubles alone those on rows.</summary>
    private static readonly string[] OfRows = [nameof(MomentKernels.RowDots), nameof(MomentKernels.BlockDots), nameof(BatchKernels.Mean)];

    /// <summary>Kernels that write only.</summary>
    private static readonly string[] Writing = ["Fill", "Clear"];

    /// <summary>Kernels that are written once for vectors that begin at multiples of 16 bytes and for those that begin anywhere.</summary>
    private static Type[] ByAccess<T, TWide, TOps>()
        where T : unmanaged
        where TWide : unmanaged
        where TOps : struct, IWide<T, TWide> =>
    [
        typeof(VectorKernels<T, TWide, TOps, AtOnce<T, TWide, TOps>>), typeof(PanelKernels<T, TWide, TOps, AtOnce<T, TWide, TOps>>),
        typeof(VectorKernels<T, TWide, TOps, OneByOne<T, TWide, TOps>>), typeof(PanelKernels<T, TWide, TOps, OneByOne<T, TWide, TOps>>),
    ];

    /// <summary>Kernels that are written once for loads of one number and of 16 bytes.</summary>
    private static Type[] ByLoad<T, TWide, TOps, TMath>()
        where T : unmanaged, INumber<T>
        where TWide : unmanaged
        where TOps : struct, IWide<T, TWide>
        where TMath : struct, IElementary<T> =>
    [
        typeof(ElementKernels<T, TWide, TOps>),
        typeof(BroadcastKernels<T, TWide, TOps>), typeof(ChainKernels<T, TWide, TOps>), typeof(LayoutKernels<TWide>),
        typeof(ActivationKernels<T, TWide, TOps, IdentityJet<T>>), typeof(ActivationKernels<T, TWide, TOps, RectifierJet<T>>),
        typeof(ActivationKernels<T, TWide, TOps, SquareJet<T>>), typeof(ActivationKernels<T, TWide, TOps, TanhJet<T, TMath>>),
        typeof(ActivationKernels<T, TWide, TOps, SigmoidJet<T, TMath>>), typeof(ActivationKernels<T, TWide, TOps, SiluJet<T, TMath>>),
        typeof(ActivationKernels<T, TWide, TOps, ErfJet<T, TMath>>), typeof(ActivationKernels<T, TWide, TOps, GeluJet<T, TMath>>),
    ];

    private static Type[] ByElement<T, TOps>()
        where T : unmanaged, INumber<T>
        where TOps : struct, IWide<T, T> =>
    [
        typeof(PhiloxKernels<T, TOps>), typeof(GemmKernels<T, TOps>),
        typeof(GroupKernels<T, TOps>), typeof(WindowKernels<T, TOps>), typeof(RowKernels<T, TOps>),
    ];

    /// <summary>Kernels on matrices whose every row begins at a multiple of 16 bytes.</summary>
    private static Type[] ByRow<T, TOps, TWide, TWideOps>()
        where T : unmanaged
        where TOps : struct, IWide<T, T>
        where TWide : unmanaged
        where TWideOps : struct, IWide<T, TWide>
        => [typeof(SymmetricKernels<T, TOps, TWide, TWideOps>), typeof(SmallLanczosKernels<T, TOps, TWide, TWideOps>)];

    public void Dispose() => _context.Dispose();

    private static IEnumerable<MethodInfo> Kernels(Type type)
        => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.ReturnType == typeof(void) && method.GetParameters()[0].ParameterType is { IsGenericType: true } first
                && first.GetGenericTypeDefinition() == typeof(ArrayView<>));

    private string Compile(MethodInfo kernel)
    {
        CudaArchitecture architecture = CudaArchitecture.SM_80;
        using PTXBackend backend = new(_context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_78, null);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default)).PTXAssembly;
    }

    /// <summary>
    /// What ILGPU 1.5.3 makes of a kernel that is legal C# and right on its CPU accelerator, and that a device would compute otherwise: an order
    /// of floating-point numbers that a NaN fulfils (OpenCL has none, and its code would do the opposite there), and a bool that became a
    /// number by its bits, 5e-324 for 1.
    /// </summary>
    [Theory]
    [InlineData(@"\bsetp\.(ltu|leu|gtu|geu|equ)\.f\d+", "a comparison that a NaN fulfils")]
    [InlineData(@"\b(0d000000000000000|0f0000000)[1-9A-F]\b", "a bool taken for the bits of a number")]
    public void NoKernelHasWhatDevicesDisagreeOn(string pattern, string fault)
    {
        List<string> faults = [];
        foreach ((string name, string ptx) in Compiled())
            if (Regex.IsMatch(ptx, pattern)) faults.Add($"{name}: {fault}");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private IEnumerable<(string Name, string Ptx)> Compiled()
        => Numbers.SelectMany(type => Kernels(type).Select(kernel => (Name(type, kernel), Compile(kernel))));

    private static string Name(Type type, MethodInfo kernel) => $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(a => a.Name))}>.{kernel.Name}";

    [Fact]
    public void EveryKernelCompilesWithoutLocalMemoryAndWithWideLoadsWhereTheyAreMeant()
    {
        int compiled = 0;
        List<string> faults = [];
        foreach (Type type in Numbers)
            foreach (MethodInfo kernel in Kernels(type))
            {
                string ptx = Compile(kernel), name = Name(type, kernel);
                compiled++;
                if (ptx.Contains(".local", StringComparison.Ordinal)) faults.Add($"{name}: local memory");
                if (Unresolved().Matches(ptx).Select(m => m.Groups[1].Value).FirstOrDefault(f => !Defined(ptx, f)) is { } missing) faults.Add($"{name}: unresolved {missing}");
                // At O1 the address space of a parameter is not inferred: ld.v2.f64, of the same 16 bytes as ld.global.v2.f64.
                Type[] of = type.GetGenericArguments();
                bool wide = of.Any(argument => argument == typeof(Pair) || argument == typeof(Quad)) && !of.Any(argument => argument.Name.StartsWith("OneByOne", StringComparison.Ordinal))
                    || !type.IsGenericType && OfRows.Contains(kernel.Name);
                string access = Writing.Contains(kernel.Name) ? "st" : "ld";
                bool found = Regex.IsMatch(ptx, $@"\b{access}(\.global)?\.(v2\.f64|v4\.f32)");
                if (found != (wide && !OfCoefficients.Contains(kernel.Name))) faults.Add($"{name}: {(found ? "wide" : "no wide")} {access}");
            }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(compiled > 190, $"{compiled} kernels");
    }

    /// <summary>Every class of kernels is among those compiled: one that is added later must be too.</summary>
    [Fact]
    public void NoKernelIsForgotten()
    {
        IEnumerable<Type> all = typeof(IWide<,>).Assembly.GetTypes().Where(type => type.Name.Contains("Kernels", StringComparison.Ordinal) && type.Namespace == typeof(IWide<,>).Namespace);
        Assert.All(all, type => Assert.Contains(Numbers, known => (known.IsGenericType ? known.GetGenericTypeDefinition() : known) == type));
    }

    private static bool Defined(string ptx, string function) => Regex.IsMatch(ptx, $@"\.func[^;{{]*\b{Regex.Escape(function)}\s*\(");

    [GeneratedRegex(@"\bcall(?:\.uni)?\s*(?:\([^)]*\)\s*,\s*)?([\w$.]+)")]
    private static partial Regex Unresolved();
}
