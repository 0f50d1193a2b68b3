using System.Numerics;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Data;

/// <summary>A path that may be a .npz file or a folder with a benchmark's files; which, the file's first bytes and the names
/// tell.</summary>
public static class DataSource
{
    /// <summary>
    /// Reads a .npz file as <see cref="DataFile"/>, a folder of IDX files as <see cref="Mnist"/>, a folder of <c>.bin</c> files as
    /// <see cref="Cifar"/> (of CIFAR-100 the fine labels).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="path">The file or the folder.</param>
    /// <param name="part">Which of a folder's two sets; a file holds one.</param>
    /// <param name="most">Take the first so many examples only; null for all.</param>
    /// <param name="progress">Told how many examples of a folder, or elements of a file's inputs, are read.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <param name="classes">Number of classes of a file's labels, of which some may have no example; null for the largest label and one. A
    /// folder's are known.</param>
    /// <exception cref="DataFormatException">The folder holds none of these, or a file is not what it should be.</exception>
    /// <exception cref="NpyFormatException">The file is not a .npz file, is damaged, or lacks X or Y.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1, or above the number of examples.</exception>
    /// <exception cref="IOException">There is no such file or folder, or a file of the folder is missing.</exception>
    public static DataSet<T> Read<T>(
        string path, DataPart part = DataPart.Train, int? most = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default, int? classes = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!Directory.Exists(path))
        {
            DataSet<T> all = DataFile.Read<T>(path, classes, progress, cancellation);
            return most is null ? all : all.First(Mnist.Count(most, all.Examples, path));
        }

        if (Mnist.IsIn(path)) return Mnist.ReadFolder<T>(path, part, most, progress, cancellation);
        foreach (CifarLabels labels in (CifarLabels[])[CifarLabels.Ten, CifarLabels.Hundred])
            if (Cifar.IsIn(path, labels)) return Cifar.ReadFolder<T>(path, labels, part, most, progress, cancellation);
        throw new DataFormatException(
            path, "folder", "no file of a known name",
            "train-images-idx3-ubyte and its kin (MNIST), data_batch_1.bin and its kin (CIFAR-10), train.bin and test.bin (CIFAR-100), "
                + "or a .npz file in the folder's place");
    }
}
