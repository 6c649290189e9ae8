using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Shares that were sent, held against the vault: what is there already is a duplicate, and <see cref="Fresh"/> are the others, each with its place in a cluster where a
/// document of the archive knows it. Their secrets stay the sender's to dispose.
/// </summary>
internal sealed class PushedShares
{
    private readonly HashSet<BlsPublicKey> _held;
    private readonly IReadOnlyList<(BlsPublicKey Key, BlsSecretKey Secret)> _shares;

    /// <exception cref="ClusterFileException">A document of the archive is damaged.</exception>
    public PushedShares(Vault vault, ClusterArchive archive, Network network, IReadOnlyList<(BlsPublicKey Key, BlsSecretKey Secret)> shares, ShareProvenance provenance, string label)
    {
        var held = vault.Contents.Shares;
        var known = new KnownShares(archive, held, new VerificationPolicy { Network = network.Forks.GenesisVersion });
        (_shares, _held) = (shares, held.Select(share => share.ShareKey).ToHashSet());
        Fresh = [.. shares.Where(share => !_held.Contains(share.Key)).Select(share => ShareOf(share.Key, share.Secret))];

        VaultShare ShareOf(BlsPublicKey key, BlsSecretKey secret)
        {
            var place = known.Find(key, provenance);
            return new VaultShare(key, place?.GroupKey, place?.Membership, label, secret);
        }
    }

    public IReadOnlyList<VaultShare> Fresh { get; }

    /// <summary>What has become of each, in the order in which they were sent, once <see cref="Fresh"/> are in the vault.</summary>
    public IReadOnlyList<KeymanagerItem> Items() => [.. _shares.Select(share => _held.Contains(share.Key) ? KeymanagerItem.Duplicate : KeymanagerItem.Imported)];
}
