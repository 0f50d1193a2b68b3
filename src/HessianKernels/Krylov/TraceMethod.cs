namespace HessianKernels.Krylov;

/// <summary>How a trace is estimated from products with random vectors.</summary>
public enum TraceMethod
{
    /// <summary>
    /// <c>mean_i z_i^T A z_i</c> (Hutchinson, 1990; Girard, 1989). A product a sample; the error falls with the square root of their number, whatever the
    /// spectrum. Two vectors of memory.
    /// </summary>
    Hutchinson,

    /// <summary>
    /// Hutch++ (Meyer, Musco, Musco and Woodruff, SOSA 2021, Algorithm 1): the exact trace on the range that a third of the products finds, Hutchinson's estimate on the rest:
    /// <c>tr(Q^T A Q) + mean_i g_i^T (I - Q Q^T) A (I - Q Q^T) g_i</c>. Exact to rounding once Q holds A's range. For spectra that decay.
    /// </summary>
    HutchPlusPlus,

    /// <summary>
    /// XTrace (Epperly, Tropp and Webber, SIAM J. Matrix Anal. Appl. 45, 2024): every test vector serves the others' ranges and is the probe of its own,
    /// <c>mean_i [ tr(Q_(i)^T A Q_(i)) + w_i^T (I - Q_(i) Q_(i)^T) A (I - Q_(i) Q_(i)^T) w_i ]</c>, with Q_(i) the range of A times all test vectors but w_i. The least
    /// error a product of the three, by far where the spectrum decays.
    /// </summary>
    XTrace,
}
