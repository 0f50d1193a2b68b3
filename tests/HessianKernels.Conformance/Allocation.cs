using Xunit;

namespace HessianKernels.Conformance;

/// <summary>Whether code that is warm leaves the collector's heap alone.</summary>
public static class Allocation
{
    /// <summary>Fails where the action allocates on its own thread every time it is tried.</summary>
    public static void AssertNone(Action action)
    {
        for (int i = 0; i < 30; i++) action();
        long least = long.MaxValue;
        // A collection that another thread starts meanwhile may book the unused rest of this thread's buffer on it: once is no proof.
        for (int i = 0; i < 10 && least != 0; i++)
        {
            // What the runtime keeps for reflection goes with a full collection, and comes back as an allocation.
            GC.Collect();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int k = 0; k < 10; k++) action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
