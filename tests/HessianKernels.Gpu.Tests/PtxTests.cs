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
        typeof(VectorKernels<double, double, OneDouble>), typeof(VectorKernels<double, Pair, PairOfDoubles>),
        typeof(VectorKernels<float, float, OneSingle>), typeof(VectorKernels<float, Quad, QuadOfSingles>),
        typeof(PanelKernels<double, double, OneDouble>), typeof(PanelKernels<double, Pair, PairOfDoubles>),
        typeof(PanelKernels<float, float, OneSingle>), typeof(PanelKernels<float, Quad, QuadOfSingles>),
        typeof(PhiloxKernels<double, OneDouble>), typeof(PhiloxKernels<float, OneSingle>),
        typeof(SymmetricKernels<double, OneDouble>), typeof(SymmetricKernels<float, OneSingle>),
        typeof(GemmKernels<double, OneDouble>), typeof(GemmKernels<float, OneSingle>),
        typeof(SmallLanczosKernels<double, OneDouble>), typeof(SmallLanczosKernels<float, OneSingle>), typeof(MomentKernels), typeof(BatchKernels),
        typeof(ElementKernels<double, double, OneDouble>), typeof(ElementKernels<double, Pair, PairOfDoubles>),
        typeof(ElementKernels<float, float, OneSingle>), typeof(ElementKernels<float, Quad, QuadOfSingles>),
        typeof(GroupKernels<double, OneDouble>), typeof(GroupKernels<float, OneSingle>), typeof(LayoutKernels<double>), typeof(LayoutKernels<float>),
        typeof(WindowKernels<double, OneDouble>), typeof(WindowKernels<float, OneSingle>),
        typeof(RowKernels<double, OneDouble>), typeof(RowKernels<float, OneSingle>),
        typeof(ChainKernels<double>), typeof(ChainKernels<float>),
        typeof(ActivationKernels<double, IdentityJet<double>>), typeof(ActivationKernels<float, IdentityJet<float>>),
        typeof(ActivationKernels<double, RectifierJet<double>>), typeof(ActivationKernels<float, RectifierJet<float>>),
        typeof(ActivationKernels<double, SquareJet<double>>), typeof(ActivationKernels<float, SquareJet<float>>),
        typeof(ActivationKernels<double, TanhJet<double, DeviceMath.InDouble>>), typeof(ActivationKernels<float, TanhJet<float, DeviceMath.InSingle>>),
        typeof(ActivationKernels<double, SigmoidJet<double, DeviceMath.InDouble>>), typeof(ActivationKernels<float, SigmoidJet<float, DeviceMath.InSingle>>),
        typeof(ActivationKernels<double, SiluJet<double, DeviceMath.InDouble>>), typeof(ActivationKernels<float, SiluJet<float, DeviceMath.InSingle>>),
        typeof(ActivationKernels<double, ErfJet<double, DeviceMath.InDouble>>), typeof(ActivationKernels<float, ErfJet<float, DeviceMath.InSingle>>),
        typeof(ActivationKernels<double, GeluJet<double, DeviceMath.InDouble>>), typeof(ActivationKernels<float, GeluJet<float, DeviceMath.InSingle>>),
    ];

    /// <summary>Kernels whose every load of a vector is of 16 bytes.</summary>
    private static readonly string[] Wide = ["Dot", "Quotient", "Squares", "SubtractScaled", "Divide", "DivideExactly", "Project", "Subtract", "Combine", "Place",
        "Scale", "AddScaled", "Multiply", "SumOfProducts"];

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

    [Fact]
    public void EveryKernelCompilesWithoutLocalMemoryAndWithWideLoadsWhereTheyAreMeant()
    {
        int compiled = 0;
        List<string> faults = [];
        foreach (Type type in Numbers)
            foreach (MethodInfo kernel in Kernels(type))
            {
                string ptx = Compile(kernel), name = $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(a => a.Name))}>.{kernel.Name}";
                compiled++;
                if (ptx.Contains(".local", StringComparison.Ordinal)) faults.Add($"{name}: local memory");
                if (Unresolved().Matches(ptx).Select(m => m.Groups[1].Value).FirstOrDefault(f => !Defined(ptx, f)) is { } missing) faults.Add($"{name}: unresolved {missing}");
                if (type.GetGenericArguments() is [_, var wide, _] && Wide.Contains(kernel.Name))
                {
                    // At O1 the address space of a parameter is not inferred: ld.v2.f64, of the same 16 bytes as ld.global.v2.f64.
                    bool found = Regex.IsMatch(ptx, wide == typeof(Pair) ? @"\bld(\.global)?\.v2\.f64" : @"\bld(\.global)?\.v4\.f32");
                    if (found != (wide == typeof(Pair) || wide == typeof(Quad))) faults.Add($"{name}: {(found ? "wide" : "no wide")} loads");
                }
            }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(compiled > 150, $"{compiled} kernels");
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
