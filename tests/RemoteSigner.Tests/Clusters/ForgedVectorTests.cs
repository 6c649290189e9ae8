using RemoteSigner.Tests.Clusters.Ssv;

namespace RemoteSigner.Tests.Clusters;

/// <summary>The forgeries with which the binary is tried are the ones that are made here, of public keys alone.</summary>
public sealed class ForgedVectorTests
{
    [Fact]
    public void The_forged_lock_is_the_thiefs() =>
        Assert.Equal(
            File.ReadAllBytes(Vectors.Path("forged/cluster-lock.json")),
            LockJsonWriter.Write(LockThief.Forge(ClusterVectors.Lock("lock-v1_11-4of3")))
        );

    [Fact]
    public void The_forged_keyshares_are_the_thiefs() =>
        Assert.Equal(
            File.ReadAllBytes(Vectors.Path("forged/keyshares.json")),
            KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))
        );
}
