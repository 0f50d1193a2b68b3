using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Conformance;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Tests.Krylov;
using Xunit;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>Any layers in any order and nesting: who overwrites whose tensor, and who reads it again, comes out right everywhere.</summary>
public class NetworkProperties
{
    private const int Width = 3;
    private static readonly TensorShape Shape = TensorShape.Vector(Width);
    private static readonly string[] Leaves = ["linear", "linear", "tanh", "tanh", "silu", "norm", "ghost", "scale", "diagonal"];

    [Fact]
    public void DerivativesOfAnyNestingOfLayers()
        => PropertyRun.Check(Networks(), pieces =>
        {
            NetworkCase of = NetworkCase.Of(string.Join<Piece>(' ', pieces), [.. Layers(pieces), new LinearLayer(Shape, 2)], 5);
            using NetworkProbe<double> probe = new(of), another = new(of);
            double[] at = of.Parameters, v = NetworkCase.Numbers(at.Length, 11), u = NetworkCase.Numbers(at.Length, 12);
            double[] seed = NetworkCase.Numbers(10, 13);
            double[] hv = another.HessianProduct(at, v), hu = another.AnotherHessianProduct(at, u), gradient = probe.Gradient(at);
            CentralDifference.CheckNear(s => probe.Loss(CentralDifference.Along(at, v, s)), [Dot(gradient, v)], "gradient");
            CentralDifference.CheckNear(s => probe.Gradient(CentralDifference.Along(at, v, s)), hv, "Hessian product");
            Tolerance.Equal(Dot(u, hv), Dot(v, hu), 1e-12 * at.Length * (hv.Max(Math.Abs) + hu.Max(Math.Abs)), "<u, Hv> = <v, Hu>");
            double form = another.AnotherHessianForm(at, v);
            Tolerance.Equal(Dot(v, hv), form, 1e-12 * at.Length * hv.Max(Math.Abs), "v^T (Hv)");
            double[] jv = probe.OutputTangents(at, v, 1), pulled = probe.PullBack(at, seed);
            Tolerance.Equal(
                Dot(seed, jv), Dot(pulled, v), 1e-12 * at.Length * (jv.Max(Math.Abs) + pulled.Max(Math.Abs)), "<u, Jv> = <J^T u, v>");
            if (of.Model.Network.ExampleMultiple > 1) return;
            double[] rows = probe.ExampleGradients(at);
            Tolerance.Equal<double>(
                gradient, [.. gradient.Select((_, i) => Enumerable.Range(0, 5).Sum(e => rows[e * (at.Length + 2) + i]))],
                    1e-13 * gradient.Max(Math.Abs), "sum");
        });

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static Arbitrary<Piece[]> Networks() => Arb.From(Pieces(2), Smaller);

    private static Gen<Piece[]> Pieces(int depth)
        => from count in Gen.Choose(1, 4)
           from pieces in Gen.ArrayOf(OnePiece(depth), count)
           select pieces;

    private static Gen<Piece> OnePiece(int depth)
    {
        Gen<Piece> leaf = Gen.Elements(Leaves).Select(kind => new Piece(kind, [], []));
        if (depth == 0) return leaf;
        Gen<Piece> inside = from kind in Gen.Elements("residual", "sequence", "projected")
                            from body in Pieces(depth - 1)
                            from way in Pieces(depth - 1)
                            select new Piece(kind, body, kind == "projected" ? way : []);
        return Gen.Frequency((3, leaf), (2, inside));
    }

    /// <summary>One piece less, or one of the compound ones replaced by what is inside.</summary>
    private static IEnumerable<Piece[]> Smaller(Piece[] pieces)
    {
        for (int i = 0; i < pieces.Length; i++)
        {
            Piece[] before = pieces[..i], after = pieces[(i + 1)..];
            if (pieces.Length > 1) yield return [.. before, .. after];
            Piece piece = pieces[i];
            if (piece.Body.Length == 0) continue;
            yield return [.. before, .. piece.Body, .. after];
            foreach (Piece[] body in Smaller(piece.Body)) yield return [.. before, piece with { Body = body }, .. after];
            foreach (Piece[] way in Smaller(piece.Way)) yield return [.. before, piece with { Way = way }, .. after];
        }
    }

    private static IEnumerable<Layer> Layers(Piece[] pieces) => pieces.Select(piece => (Layer)(piece.Kind switch
    {
        "linear" => new LinearLayer(Shape, Width),
        "tanh" => new ActivationLayer(Shape, new(ActivationKind.Tanh)),
        "silu" => new ActivationLayer(Shape, new(ActivationKind.Silu)),
        "norm" => new LayerNormLayer(Shape, 0.1),
        "ghost" => new GhostBatchNormLayer(Shape, 2, 0.1),
        "scale" => new ScaleLayer(Shape, 1.3),
        "diagonal" => new DiagonalLayer(Shape),
        "residual" => new Residual(new Sequence([.. Layers(piece.Body)])),
        "projected" => new Residual(new Sequence([.. Layers(piece.Body)]), new Sequence([.. Layers(piece.Way)])),
        _ => new Sequence([.. Layers(piece.Body)]),
    }));

    private sealed record Piece(string Kind, Piece[] Body, Piece[] Way)
    {
        public override string ToString()
            => Body.Length == 0
                ? Kind
                : $"{Kind}({string.Join<Piece>(' ', Body)}{(Way.Length == 0 ? "" : $" | {string.Join<Piece>(' ', Way)}")})";
    }
}
