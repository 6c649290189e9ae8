using System.Diagnostics;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Sealing;

namespace RemoteSigner.Keys;

/// <summary>
/// Tells of a public share to which cluster it belongs, for shares that come without their lock. Documents count that a sealed share vouches for; a lock that was only put
/// into the archive is verified anew, because whoever can write there could have put another.
/// </summary>
public sealed class KnownShares
{
    private readonly Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ulong Index, ClusterDocument Document)> _shares = [];

    /// <exception cref="ClusterFileException">A document is damaged.</exception>
    public KnownShares(ClusterArchive archive, IEnumerable<VaultListing.Share> held, VerificationPolicy policy)
    {
        var vouched = held.Select(share => share.Membership?.ClusterHash).ToHashSet();
        foreach (var document in archive.All().Where(document => vouched.Contains(document.Hash) || IsGenuine(document, policy)))
        {
            foreach (var group in document.GroupKeys)
            {
                foreach (var (index, share) in document.SharesOf(group))
                {
                    _shares[share] = (group, index, document);
                }
            }
        }
    }

    /// <summary>The validator and the place in its cluster; null when no document lists the share.</summary>
    public (BlsPublicKey GroupKey, ClusterMembership Membership)? Find(BlsPublicKey publicShare, ShareProvenance provenance) => _shares.TryGetValue(publicShare, out var known)
        ? (known.GroupKey, new ClusterMembership(known.Index, known.Document.Threshold, known.Document.Operators, known.Document.Hash, provenance))
        : null;

    private static bool IsGenuine(ClusterDocument document, VerificationPolicy policy) => document switch
    {
        ClusterDocument.CharonLock { Cluster: var cluster } => ClusterVerifier.Verify(cluster, policy).All(result => result.Verdict is not CheckVerdict.Failed),
        ClusterDocument.SsvShares { File: var file } => KeysharesVerifier.Verify(file).All(verdict => verdict.Verdict is not CheckVerdict.Failed),
        _ => throw new UnreachableException(),
    };
}
