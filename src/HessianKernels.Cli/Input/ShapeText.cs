using System.Globalization;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Input;

/// <summary>The shape of an input as a user writes it: <c>784</c>, <c>28x28</c>, <c>3x32x32</c> (channels, height, width).</summary>
internal static class ShapeText
{
    /// <summary>Reads a shape that an option was given.</summary>
    public static TensorShape Parse(string option, string text)
    {
        string[] parts = text.Split('x');
        int[] axes = new int[parts.Length];
        bool fits = parts.Length <= 3;
        for (int i = 0; fits && i < parts.Length; i++)
            fits = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out axes[i]) && axes[i] >= 1;
        long length = axes.Aggregate(1L, (product, axis) => Math.Min(product * Math.Max(axis, 1), 1L << 32));
        BadInputException.Unless(
            fits && length <= Array.MaxLength,
            $"{option}: found '{text}'; expected D, HxW or CxHxW, such as 784, 28x28 or 3x32x32, of at most {Array.MaxLength} numbers");
        return axes.Length switch
        {
            1 => TensorShape.Vector(axes[0]),
            2 => new(axes[0], axes[1], 1),
            _ => new(axes[1], axes[2], axes[0]),
        };
    }
}
