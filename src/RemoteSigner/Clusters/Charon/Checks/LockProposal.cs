using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// A cluster lock that nobody has signed yet, as it stands at the end of a key generation or a change of operators: everything is there but
/// the shares' and the nodes' signatures of its hash.
/// </summary>
public static class LockProposal
{
    /// <summary>
    /// Every check of a lock but those of the signatures that are asked for; see <see cref="ClusterVerifier"/>. Locks before v1.7, which no
    /// key generation makes any more, fail.
    /// </summary>
    public static IReadOnlyList<CheckResult> Verify(ClusterLock proposed, VerificationPolicy policy)
    {
        // As many node signatures as there will be, or the count would be found wrong.
        var complete = proposed with
        {
            NodeSignatures = [.. proposed.Definition.Operators.Select(_ => System.Collections.Immutable.ImmutableArray<byte>.Empty)],
        };
        return proposed.Definition.Version.HasRegistrations
            ?
            [
                .. ClusterVerifier
                    .Verify(complete, policy)
                    .Where(result => result.Check is not (ClusterCheck.SignatureAggregate or ClusterCheck.NodeSignatures)),
            ]
            :
            [
                new(
                    ClusterCheck.LockHash,
                    new CheckVerdict.Failed(
                        $"a lock of {proposed.Definition.Version} is not signed any more",
                        "make it anew with a current Charon"
                    )
                ),
            ];
    }

    /// <summary>The message whose signing root is the lock hash, built from the lock's content; of a verified proposal only.</summary>
    public static ClusterLockMessage ToMessage(ClusterLock verified) => LockHash.ToMessage(verified);

    /// <summary>
    /// The operator (share index, from 1) whose public shares of all validators <paramref name="holds"/> says we hold; null when there is
    /// none. There are never two: no key stands twice in a verified lock.
    /// </summary>
    public static ulong? FindOurs(ClusterLock proposed, Func<BlsPublicKey, BlsPublicKey, ulong, bool> holds)
    {
        for (var i = 0; i < proposed.Definition.Operators.Length; i++)
        {
            if (
                !proposed.Validators.IsEmpty
                && proposed.Validators.All(validator =>
                    i < validator.PublicShares.Length && holds(validator.PublicShares[i], validator.GroupKey, (ulong)i + 1)
                )
            )
            {
                return (ulong)i + 1;
            }
        }

        return null;
    }
}
