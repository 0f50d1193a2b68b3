using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>The mean loss of a network's examples at its parameters, wherever its tensors lie: vectors are the host's.</summary>
internal interface INetworkPoint : IDisposable
{
    /// <summary>Examples selected.</summary>
    int Examples { get; }

    /// <summary>Ends whatever the point is asked for, in the middle of a micro-batch.</summary>
    CancellationToken Cancellation { set; }

    /// <summary>Goes to other parameters.</summary>
    void MoveTo(ReadOnlySpan<double> parameters);

    /// <summary>Has the mean be over some examples.</summary>
    void Select(ReadOnlySpan<int> examples);

    /// <summary>L.</summary>
    double Value();

    /// <summary>Its gradient.</summary>
    double[] Gradient();

    /// <summary>The network's outputs, <c>[examples, outputs]</c>.</summary>
    double[] Predict();

    /// <summary>v^T H v.</summary>
    double HessianForm(ReadOnlySpan<double> direction);

    /// <inheritdoc cref="ModelPoint{TView}.ProgressiveSharpening"/>
    double ProgressiveSharpening(ReadOnlySpan<double> topEigenvector);

    /// <summary>Eigenpairs of H.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">How.</param>
    /// <param name="near">Those of a point near by, to begin from; empty where there are none.</param>
    /// <param name="cancellation">Ends the search.</param>
    LanczosResult<double> TopK(int count, LanczosOptions options, ReadOnlySpan<double> near, CancellationToken cancellation);

    /// <inheritdoc cref="ModelSharpness.Analyze{TView}(ModelPoint{TView}, int, ModelSharpnessOptions?, IProgress{long}?, CancellationToken)"/>
    ModelSharpnessReport Sharpness(int batchSize, ModelSharpnessOptions options, CancellationToken cancellation);

    /// <summary><see cref="ModelContraction.Shifted"/> for batches without replacement.</summary>
    TopEigenvalue ShiftedContraction(double learningRate, int batchSize, LanczosOptions options, CancellationToken cancellation);

    /// <summary>The tangent kernel's examples.</summary>
    CurvatureSet Curvatures(CancellationToken cancellation);
}

/// <summary>A point of a model whose tensors are held in one way.</summary>
internal sealed class NetworkPoint<TView>(ModelPoint<TView> point) : INetworkPoint
    where TView : allows ref struct
{
    private readonly ITensorMemory<TView> _vector = point.Space.Allocate(point.ParameterCount);

    /// <summary>The point, which this one owns.</summary>
    public ModelPoint<TView> Point => point;

    public int Examples => point.Examples;

    public CancellationToken Cancellation
    {
        set => point.Cancellation = value;
    }

    public void MoveTo(ReadOnlySpan<double> parameters)
    {
        point.Space.Write(parameters, point.Parameters);
        point.Moved();
    }

    public void Select(ReadOnlySpan<int> examples) => point.Select(examples);

    public double Value() => point.Value();

    public double[] Gradient() => Read(point.Gradient(), point.ParameterCount);

    public double[] Predict()
    {
        int outputs = point.Examples * point.Outputs;
        using ITensorMemory<TView> memory = point.Space.Allocate(outputs);
        point.Predict(memory.View);
        return Read(memory.View, outputs);
    }

    public double HessianForm(ReadOnlySpan<double> direction) => point.HessianForm(Written(direction));

    public double ProgressiveSharpening(ReadOnlySpan<double> topEigenvector) => point.ProgressiveSharpening(Written(topEigenvector));

    public LanczosResult<double> TopK(int count, LanczosOptions options, ReadOnlySpan<double> near, CancellationToken cancellation)
        => point.Hessian().TopK(count, options, near, null, cancellation);

    public ModelSharpnessReport Sharpness(int batchSize, ModelSharpnessOptions options, CancellationToken cancellation)
        => ModelSharpness.Analyze(point, batchSize, options, null, cancellation);

    public TopEigenvalue ShiftedContraction(double learningRate, int batchSize, LanczosOptions options, CancellationToken cancellation)
        => ModelContraction.Shifted(
            point, learningRate, BatchSampling.WithoutReplacement(point.Examples, batchSize), options, null, cancellation);

    public CurvatureSet Curvatures(CancellationToken cancellation) => point.Curvatures(cancellation: cancellation);

    public void Dispose()
    {
        _vector.Dispose();
        point.Dispose();
    }

    private TView Written(ReadOnlySpan<double> vector)
    {
        point.Space.Write(vector, _vector.View);
        return _vector.View;
    }

    private double[] Read(TView view, int length)
    {
        double[] numbers = new double[length];
        point.Space.Read(point.Space.Slice(view, 0, length), numbers);
        return numbers;
    }
}
