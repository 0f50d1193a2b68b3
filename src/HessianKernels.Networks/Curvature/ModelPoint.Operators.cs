using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary><c>H = sum_i w_i d^2 l_i / dtheta^2</c>, the Hessian of L: exact products (Pearlmutter 1994). Of a mini-batch, after <see cref="Select"/>.</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    /// <exception cref="InvalidOperationException">The point is of order 1.</exception>
    public ModelOperator<TView> Hessian(int batch = 1)
    {
        ThrowIfNotOrder(2, "A Hessian");
        return new(this, ModelMatrix.Hessian, batch);
    }

    /// <summary><c>G = sum_i w_i J_i^T S_i J_i</c>, the generalised Gauss-Newton matrix, with the loss's Hessians S_i in the outputs (Schraudolph 2002).</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    public ModelOperator<TView> GaussNewton(int batch = 1) => new(this, ModelMatrix.GaussNewton, batch);

    /// <summary><c>sum_i w_i g_i g_i^T</c> of the examples' own gradients, the empirical Fisher matrix; with weights 1 / n the gradients' second moment.</summary>
    /// <param name="batch">Vectors multiplied at once.</param>
    public ModelOperator<TView> EmpiricalFisher(int batch = 1) => new(this, ModelMatrix.EmpiricalFisher, batch);

    internal void Multiply(ModelMatrix matrix, int batch, TView input, TView output, ulong seed, int samples)
    {
        Space.Fill(0, output);
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, matrix == ModelMatrix.Hessian ? Stage.Signals : Stage.Forward);
            for (int b = 0; b < batch; b++)
            {
                TView v = Space.Slice(input, (long)b * ParameterCount, ParameterCount), product = Space.Slice(output, (long)b * ParameterCount, ParameterCount);
                pass.ForwardTangent(Parameters, v, 1);
                if (matrix == ModelMatrix.Hessian) pass.BackwardTangent(Parameters, v, product);
                else if (matrix == ModelMatrix.GaussNewton) pass.GaussNewton(Parameters, product);
                else pass.EmpiricalFisher(Parameters, product);
            }
        }
    }
}
