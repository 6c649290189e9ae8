using RemoteSigner.Native;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Checks of the lock as a whole: its counts, its hash, and who signed that.</summary>
internal static class LockChecks
{
    public static CheckVerdict Counts(ClusterLock cluster)
    {
        var verdict = DefinitionChecks.Counts(cluster.Definition);
        if (verdict is Failed)
        {
            return verdict;
        }

        var (validators, operators) = (cluster.Definition.NumValidators, cluster.Definition.Operators.Length);
        if (cluster.Validators.Length != validators)
        {
            return new Failed($"num_validators is {validators}, but the lock has {cluster.Validators.Length}", CheckText.Restore);
        }

        for (var i = 0; i < validators; i++)
        {
            if (cluster.Validators[i].PublicShares.Length != operators)
            {
                return new Failed(
                    $"{CheckText.Validator(i)} has {cluster.Validators[i].PublicShares.Length}"
                        + $" public shares where there are {operators} operators",
                    CheckText.Restore
                );
            }
        }

        return cluster.Definition.Version.HasRegistrations && cluster.NodeSignatures.Length != operators
            ? new Failed($"there are {cluster.NodeSignatures.Length} node signatures and {operators} operators", CheckText.Restore)
            : verdict;
    }

    public static CheckVerdict LockHash(ClusterLock cluster) =>
        DefinitionChecks.Compare("lock_hash", cluster.LockHash, Charon.LockHash.Compute(cluster));

    public static CheckVerdict SignatureAggregate(ClusterLock cluster)
    {
        if (cluster.SignatureAggregate.IsEmpty)
        {
            return new Failed(
                "there is no signature_aggregate: nothing shows that the shares exist, or that this is their lock",
                cluster.Definition.Version.HasRegistrations
                    ? "collect it from the signers that hold the shares: 'remote-signer cluster complete'"
                    : "have the lock made anew with a current Charon"
            );
        }

        List<byte[]> shares =
        [
            .. cluster.Validators.SelectMany(validator => validator.PublicShares).Select(share => share.Bytes.ToArray()),
        ];
        return Bls.FastAggregateVerify(shares, cluster.LockHash.Bytes, cluster.SignatureAggregate.AsSpan())
            ? new Passed(
                $"the sum of {shares.Count} shares' signatures of the lock hash; alone it shows no single one, and can be "
                    + $"made from public keys{(cluster.Definition.Version.HasRegistrations ? ": node_signatures must hold too" : "")}"
            )
            : new Failed("signature_aggregate is not the sum of all shares' signatures of lock_hash", CheckText.Restore);
    }

    public static CheckVerdict NodeSignatures(ClusterLock cluster)
    {
        if (!cluster.Definition.Version.HasRegistrations)
        {
            return new NotApplicable(
                $"{cluster.Definition.Version} has no node signatures: nothing in the file shows that any node confirmed it"
            );
        }

        for (var i = 0; i < cluster.NodeSignatures.Length; i++)
        {
            if (!IsBy(cluster.Definition.Operators[i], cluster, i))
            {
                return new Failed($"node signature {i} of lock_hash is not by the node of {CheckText.Operator(i)}", CheckText.Restore);
            }
        }

        return new Passed($"{cluster.NodeSignatures.Length} nodes signed the lock hash");
    }

    /// <summary>True when the node with this key (33 bytes) is one of the operators' and has signed the lock hash at its place.</summary>
    public static bool IsSignedBy(ClusterLock cluster, ReadOnlySpan<byte> nodeKey) =>
        cluster.Definition.FindShareIndex(nodeKey) is { } index
        && (int)index <= cluster.NodeSignatures.Length
        && IsBy(cluster.Definition.Operators[(int)index - 1], cluster, (int)index - 1);

    // No hash covers these: v as 27 or 28, which wallets write and nodes do not, would be a second form of the same file.
    private static bool IsBy(ClusterOperator member, ClusterLock cluster, int position)
    {
        var signature = cluster.NodeSignatures[position].AsSpan();
        return NodeRecord.TryParse(member.Enr, out var node, out _)
            && signature is [.., 0 or 1]
            && Secp256k1.Recover(cluster.LockHash.Bytes, signature) is { } key
            && key.AsSpan().SequenceEqual(node.PublicKey.AsSpan());
    }
}
