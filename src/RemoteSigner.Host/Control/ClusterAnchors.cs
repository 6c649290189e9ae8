using System.Collections.Immutable;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>Why a cluster's document may be believed, as a person said: nothing in the document itself shows it.</summary>
internal static class ClusterAnchors
{
    /// <summary>The lock at this path, verified on the terms of the order.</summary>
    public static VerifiedLock Open(this ClusterOrder order, string path, SignerOptions options, DataDirectory data) =>
        VerifiedLock.Open(
            path,
            VerificationPolicy.For(options.Network.Load(data.Path)) with
            {
                AcceptLowThreshold = order.AcceptLowThreshold,
                AcceptContractSignatures = order.AcceptContractSignatures,
            }
        );

    /// <summary>The lock, for the reason that was given.</summary>
    /// <param name="node">The public key of our node (33 bytes) and what messages call it, where it is known.</param>
    /// <exception cref="VerbException">None was given, or one that is for keyshares.</exception>
    /// <exception cref="ImportException">It does not hold.</exception>
    public static AnchoredDocument Anchor(this ClusterOrder order, VerifiedLock cluster, (ImmutableArray<byte> Key, string Name)? node)
    {
        if (order.Owner is not null || order.Validators.Count > 0)
        {
            throw new VerbException(
                "--owner and --validator are for SSV's keyshares, and this is a Charon lock",
                "give --node DIR or --enr ENR: our node has signed its lock, from v1.7 on"
            );
        }

        var now = TimeProvider.System.GetUtcNow();
        return node is var (key, name) ? AnchoredDocument.ByNode(cluster, key, name, order.AcceptUnanchored, now)
            : order.AcceptUnanchored ? AnchoredDocument.ByWord(cluster, now)
            : throw new VerbException(
                "nothing shows whose lock this is",
                "give --node DIR or --enr ENR: our node has signed its lock, from v1.7 on; --accept-unanchored takes it at your own word"
            );
    }

    /// <summary>The keyshares, for the reason that was given.</summary>
    /// <exception cref="VerbException">None was given, or one that is for a lock.</exception>
    /// <exception cref="ImportException">It does not hold.</exception>
    public static AnchoredDocument Anchor(this ClusterOrder order, VerifiedKeyshares file)
    {
        var (owner, validators) = (order.Owner, order.Validators);
        if (order.Node is not null || order.Enr is not null)
        {
            throw new VerbException(
                "--node and --enr are for Charon's locks, and these are SSV's keyshares",
                "give --owner and --validator, as the contract's ValidatorAdded events have them"
            );
        }

        var now = TimeProvider.System.GetUtcNow();
        return owner is not null && validators.Count > 0
                ? AnchoredDocument.ByStatement(file, new StatedValidators(OwnerOf(owner), validators.Select(ValidatorOf).ToHashSet()), now)
            : owner is not null || validators.Count > 0
                ? throw new VerbException(
                    "an owner alone shows nothing, and so do validators alone",
                    "give --owner and every --validator of the file, as the contract's ValidatorAdded events have them"
                )
            : order.AcceptUnanchored ? AnchoredDocument.ByWord(file, now)
            : throw new VerbException(
                "nothing shows whose keyshares these are",
                "give --owner and --validator, as the contract's ValidatorAdded events have them, never "
                    + "as the file has them; --accept-unanchored takes it at your own word"
            );
    }

    /// <summary>
    /// The public key of our node, 33 bytes, and what messages call it; null when neither its folder nor its record was given.
    /// </summary>
    public static (ImmutableArray<byte> Key, string Name)? FindNodeKey(this ClusterOrder order, SecretArena arena) =>
        (order.Node, order.Enr) switch
        {
            (null, null) => null,
            ({ } folder, null) => (new NodeFolder(folder).ReadNodeKey(arena), new NodeFolder(folder).NodeKeyFile),

            // The folder's key stays unread: it need not be on this machine.
            (_, { } text) => (ReadNodeKey(text), "--enr"),
        };

    private static ImmutableArray<byte> ReadNodeKey(string text)
    {
        if (!text.StartsWith("enr:", StringComparison.Ordinal))
        {
            return NodeRecord.ReadKey(text)
                ?? throw new VerbException(
                    $"'{text}' is neither a node record nor a node's public key",
                    "give what 'charon enr' prints, or 33 bytes in hex"
                );
        }

        return NodeRecord.TryParse(text, out var record, out var problem)
            ? record.PublicKey
            : throw new VerbException($"'{text}' is no node record: {problem}", "give what 'charon enr' prints");
    }

    private static ExecutionAddress OwnerOf(string text) =>
        ExecutionAddress.TryParse(text, out var owner)
            ? owner
            : throw new VerbException(
                $"'{text}' is no address",
                "0x and 40 hexadecimal digits, as the contract's ValidatorAdded event has it"
            );

    private static BlsPublicKey ValidatorOf(string text) =>
        BlsPublicKey.TryParse(text, out var key)
            ? key
            : throw new VerbException($"'{text}' is not a public key", "48 bytes in hex, as the contract's ValidatorAdded event has it");
}
