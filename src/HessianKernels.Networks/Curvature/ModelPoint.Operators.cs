using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary><c>H = sum_i w_i d^2 l_i / dtheta^2</c>, the Hessian of L: exact products (Pearlmutter 1994). Of a mini-batch, after
    /// <see cref="Select"/>.</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    /// <exception cref="InvalidOperationException">The point is of order 1.</exception>
    public ModelOperator<TView> Hessian(int batch = 1)
    {
        ThrowIfNotOrder(2, "A Hessian");
        return new(this, ModelMatrix.Hessian, batch);
    }

    /// <summary><c>G = sum_i w_i J_i^T S_i J_i</c>, the generalised Gauss-Newton matrix, with the loss's Hessians S_i in the outputs
    /// (Schraudolph 2002).</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    public ModelOperator<TView> GaussNewton(int batch = 1) => new(this, ModelMatrix.GaussNewton, batch);

    /// <summary><c>sum_i w_i g_i g_i^T</c> of the examples' own gradients, the empirical Fisher matrix; with weights 1 / n the gradients'
    /// second moment.</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    public ModelOperator<TView> EmpiricalFisher(int batch = 1) => new(this, ModelMatrix.EmpiricalFisher, batch);

    /// <summary>
    /// The Fisher matrix <c>sum_i w_i E[g_i g_i^T]</c>, the expectation over targets drawn from the model's own distribution, by samples:
    /// an unbiased estimate, positive
    /// semidefinite, whose expectation is the Gauss-Newton matrix. The same seed is the same matrix, however the examples are split.
    /// </summary>
    /// <param name="seed">Of the draws.</param>
    /// <param name="samples">Targets drawn for each example.</param>
    /// <param name="batch">Vectors multiplied at once.</param>
    public ModelOperator<TView> Fisher(ulong seed, int samples = 1, int batch = 1)
        => new(this, ModelMatrix.SampledFisher, batch, seed, samples);

    internal void Multiply(ModelMatrix matrix, int batch, int stride, TView input, TView output, ulong seed, int samples)
    {
        Space.Fill(0, output);
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, matrix == ModelMatrix.Hessian ? Stage.Signals : Stage.Forward);
            int together = Plan.Together(Model, batch);
            for (int b = 0; b < batch; b += together)
            {
                int count = Math.Min(together, batch - b);
                TView along = Vectors(input, b, count, stride), products = Vectors(output, b, count, stride);
                pass.ForwardTangents(Parameters, along, count, stride);
                if (matrix == ModelMatrix.Hessian) pass.BackwardTangents(Parameters, along, products);
                else for (int i = 0; i < count; i++) PullBack(matrix, piece, pass, i, Vectors(products, i, 1, stride), seed, samples);
            }
        }

        if (samples > 1) Space.Scale(1.0 / samples, output);
    }

    /// <summary><c>results[k] += sum_i J_i^T B_ki J_i input</c> for other matrices at the outputs than the loss's, without the point's
    /// weights.</summary>
    /// <param name="count">How many such sums.</param>
    /// <param name="blocks">B, <c>[count, n, C, C]</c>, symmetric; more of them may follow.</param>
    /// <param name="input"><c>[d]</c>.</param>
    /// <param name="results"><c>[count, d]</c>.</param>
    internal void MultiplyOutputs(int count, TView blocks, TView input, TView results)
    {
        long block = (long)Outputs * Outputs;
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            pass.ForwardTangents(Parameters, input, 1);
            for (int k = 0; k < count; k++)
            {
                TView own = Space.Slice(blocks, (k * (long)Examples + First(piece)) * block, Count(piece) * block);
                pass.PullBackOutputs(Parameters, own, Vectors(results, k, 1, ParameterCount));
            }
        }
    }

    /// <summary>The product along one of the directions of the pass's tangents.</summary>
    private void PullBack(ModelMatrix matrix, int piece, ModelPass<TView> pass, int direction, TView product, ulong seed, int samples)
    {
        if (matrix == ModelMatrix.GaussNewton) pass.GaussNewton(Parameters, direction, product);
        else if (matrix == ModelMatrix.EmpiricalFisher) pass.EmpiricalFisher(Parameters, direction, product);
        else
        {
            for (int sample = 0; sample < samples; sample++)
                pass.SampledFisher(Parameters, direction, First(piece), seed, (ulong)sample, product);
        }
    }

    private TView Vectors(TView all, int first, int count, int stride)
        => Space.Slice(all, (long)first * stride, (count - 1L) * stride + ParameterCount);
}
