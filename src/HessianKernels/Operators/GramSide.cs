namespace HessianKernels.Operators;

/// <summary>Which of the two products of a matrix J with itself.</summary>
public enum GramSide
{
    /// <summary>J J^T, one row and column for each row of J: the tangent kernel of examples.</summary>
    Rows,

    /// <summary>J^T J, one row and column for each column of J: the Gauss-Newton matrix of parameters.</summary>
    Columns,
}
