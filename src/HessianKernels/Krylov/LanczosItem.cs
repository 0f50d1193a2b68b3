namespace HessianKernels.Krylov;

/// <summary>Why an item takes no further steps in this cycle.</summary>
internal enum LanczosStop
{
    /// <summary>It does take them.</summary>
    Running,

    /// <summary>The basis is full: compress it and go on.</summary>
    BasisFull,

    /// <summary>The wanted pairs have converged: lock them and look for missed copies.</summary>
    LookForCopies,

    /// <summary>Nothing is left to do.</summary>
    Done,

    /// <summary>The limit of products.</summary>
    Limit,

    /// <summary>The operator's numbers are not finite.</summary>
    NotFinite,

    /// <summary>The pairs stand in the basis and the item waits for others.</summary>
    Finished,
}

/// <summary>What the host knows of one batch item's run.</summary>
internal struct LanczosItem
{
    /// <summary>Why it stands still, if it does.</summary>
    public LanczosStop Stop;

    /// <summary>Rows of T: the slots that hold a vector of this item.</summary>
    public int Size;

    /// <summary>The first slot whose coefficients it has not taken yet.</summary>
    public int Taken;

    /// <summary>The first of those rows that are locked pairs.</summary>
    public int Locked;

    /// <summary>True while the run looks for copies of the locked pairs and has seen none.</summary>
    public bool Looking;

    /// <summary>True once the space was exhausted: the next vector is zero until a random one takes its place.</summary>
    public bool Broken;

    /// <summary>True while a random vector is owed.</summary>
    public bool NeedsRandom;

    /// <summary>True where the start was the caller's: then nothing is sure to be in it, and a look follows even for k = 1.</summary>
    public bool Warm;

    /// <summary>Steps since the last random start.</summary>
    public int RunSteps;

    /// <summary>True once the basis of a look for copies was compressed: what its T tells of the start vector is lost from then on.</summary>
    public bool Compressed;

    /// <summary>Steps that the search before the present look took.</summary>
    public int SearchSteps;

    /// <summary>Size of T at which the eigenproblem is looked at next.</summary>
    public int NextLook;

    /// <summary>Size of T at the last look, the largest residual it showed relative to ||A||, and where one pair is wanted its value.</summary>
    public int LastLook;
    public double LastWorst, LastValue;

    public int Applications;
    public int Restarts;
    public int SecondPasses;

    /// <summary>Random vectors drawn so far.</summary>
    public int Streams;

    /// <summary>||A|| as far as it has been seen.</summary>
    public double Norm;

    public double MissProbability;

    /// <summary>Set once the operator has returned a NaN or an infinity: slots from this one on hold no numbers.</summary>
    public bool NonFinite;
    public int FiniteSlots;

    /// <summary>Set when the run is concluded.</summary>
    public int Found;
    public bool Cancelled;
    public double Orthogonality;
}
