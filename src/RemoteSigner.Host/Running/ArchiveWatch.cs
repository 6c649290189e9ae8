using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// What is wrong with the archive of a running signer and with the operator's key beside its vault, for log and health. Whatever it is,
/// duties go on: only what is said with it is missing.
/// </summary>
internal sealed class ArchiveWatch(ClusterLibrary library, KeyRing ring, OperatorSigner voice, ILogger<ArchiveWatch> log)
{
    private volatile IReadOnlyList<string> _silent = [];

    // What was judged last, and how: a document or a share that is as it was is not judged again.
    private IReadOnlyList<Root> _anchored = [];
    private long _judged = -1;
    private Dictionary<BlsPublicKey, string> _disputes = [];

    /// <summary>
    /// While the vault is open: which documents are not anchored to it, and about which keys two who may be believed disagree. What is new
    /// is logged.
    /// </summary>
    public void Look(Vault vault, HeldShares held)
    {
        using var key = vault.DeriveAnchorKey();
        var documents = library.Read().Documents;
        var anchored = AnchoredDocument.In(library, documents, vault.Contents, key, held.HasMemberOf);
        IReadOnlyList<string> findings =
        [
            .. documents
                .Select(one => one.Document.Hash)
                .Except(anchored.Select(one => one.Document.Hash))
                .Select(hash => $"the document {hash} is not anchored and says nothing: 'remote-signer cluster add-lock' anchors it"),
            .. DisputesOf(anchored, vault, held.Changes)
                .Select(dispute => $"nobody knows whose the key {dispute.Key} is: {dispute.Value}; at most one is genuine"),
        ];
        foreach (var finding in findings.Except(_silent))
        {
            log.LogWarning("{Finding}", finding);
        }

        _silent = findings;
    }

    private Dictionary<BlsPublicKey, string> DisputesOf(IReadOnlyList<AnchoredDocument> anchored, Vault vault, KeyChangeLog changes)
    {
        var now = changes.Now;
        var documents = anchored.Select(one => one.Content).ToList();
        var changed = documents.SequenceEqual(_anchored) ? changes.Since(_judged) : null;
        var judged = new KnownShares(
            anchored,
            changed is null ? vault.Contents.Shares : changed.Select(vault.Find).OfType<VaultListing.Share>(),
            changed
        ).Disputes;
        _disputes = new(
            _disputes
                .Where(dispute => changed?.Contains(dispute.Key) == false)
                .Concat(judged.Select(dispute => KeyValuePair.Create(dispute.Key, dispute.Detail)))
        );
        (_anchored, _judged) = (documents, now);
        return _disputes;
    }

    /// <summary>
    /// What is wrong now, and whether an open share wants a document that is not there, or the operator's key does not open.
    /// </summary>
    public (IReadOnlyList<string> Findings, bool WantsDocument) Read()
    {
        var unreadable = library.Read().Unreadable;
        List<Root> wanted =
        [
            .. ring
                .Shares.Select(share => share.Membership?.ClusterHash)
                .OfType<Root>()
                .Distinct()
                .Where(hash => library.Find(hash) is null),
        ];
        return (
            [
                .. voice.Shut is { } shut ? [shut] : (string[])[],
                .. unreadable.Select(one => $"{one.Name} cannot be read: {one.Problem}"),
                .. wanted
                    .Where(hash => !library.Archive.Contains(hash))
                    .Select(hash => $"the document {hash}, of which shares are open, is missing"),
                .. voice.Silent.Select(key =>
                    $"the operator does not speak for the share {key}, because nothing is known of its validator's "
                    + "committee: 'remote-signer cluster add-lock' keeps its keyshares, or say \"any\" (ssv.validators in signer.json)"
                ),
                .. _silent,
            ],
            wanted.Count > 0 || voice.Silent.Count > 0 || voice.Shut is not null
        );
    }
}
