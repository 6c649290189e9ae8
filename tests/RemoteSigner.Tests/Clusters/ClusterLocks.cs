namespace RemoteSigner.Tests;

/// <summary>The cluster locks among the shared vectors, by the names of their folders.</summary>
public static class ClusterLocks
{
    /// <summary>Locks that hold, each with the folders of its nodes.</summary>
    public static TheoryData<string> Genuine =>
        ["lock-v1_7-4of3", "lock-v1_8-4of3", "lock-v1_10-4of3", "lock-v1_11-4of3", "lock-v1_11-solo"];

    /// <summary>Locks that do not, each with the code of the check that says why the vectors' index calls it bad.</summary>
    public static TheoryData<string, string> Bad =>
        new()
        {
            { "neg-lockhash-flipped", "lock_hash" },
            { "neg-definition-edited", "config_hash" },
            { "neg-shares-swapped", "interpolation" },
            { "neg-degree-too-low", "degree" },
            { "neg-duplicate-share", "distinct_keys" },
            { "neg-node-sig-order", "node_signatures" },
            { "neg-deposit-wc", "deposits" },
        };
}
