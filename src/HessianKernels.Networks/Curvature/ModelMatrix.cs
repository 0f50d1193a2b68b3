namespace HessianKernels.Networks.Curvature;

/// <summary>The symmetric matrices of a model at a point. J_i is the Jacobian of example i's outputs, S_i the loss's Hessian in them,
/// <c>s_i = dl_i/dz_i</c>.</summary>
internal enum ModelMatrix
{
    /// <summary><c>H = sum_i w_i d^2 l_i / dtheta^2</c>.</summary>
    Hessian,

    /// <summary><c>sum_i w_i J_i^T S_i J_i</c>.</summary>
    GaussNewton,

    /// <summary><c>sum_i w_i g_i g_i^T</c>.</summary>
    EmpiricalFisher,

    /// <summary>The mean of the same over targets drawn from the model's own distribution.</summary>
    SampledFisher,
}
