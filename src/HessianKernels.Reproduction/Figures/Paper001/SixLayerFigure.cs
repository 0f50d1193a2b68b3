using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>A figure on paper 001's network and CIFAR-10.</summary>
internal abstract class SixLayerFigure : Figure
{
    public override string Paper => "001";

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;
}
