using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>A figure on paper 004's perceptron and Fashion-MNIST.</summary>
internal abstract class FashionFigure : Figure
{
    public override string Paper => "004";

    public override int Version => 2;

    public override IReadOnlyList<DataFile> Data => PaperData.FashionMnist.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) => [.. DescentPath.Parameters(effort)];

    /// <summary>NaN where there is none, or where one is NaN.</summary>
    protected static double Largest(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Aggregate(Math.Max);

    /// <inheritdoc cref="Largest"/>
    protected static double Least(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Aggregate(Math.Min);
}
