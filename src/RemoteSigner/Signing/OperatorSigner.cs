using System.Security.Cryptography;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// Our SSV operator while the signer serves: its RSA key once it is open, and the order of what happens before it signs. It signs what it
/// understands (see <see cref="OperatorMessagePolicy"/>); what it signs and what it refuses is in the audit log before that is told.
/// </summary>
public sealed class OperatorSigner(OperatorMessagePolicy speech, KeyRing ring, ClusterLibrary clusters, AuditLog audit) : IDisposable
{
    private volatile OperatorKey? _key;
    private volatile string? _shut;

    /// <summary>Null while no key is open, or there is none.</summary>
    public OperatorPublicKey? PublicKey => _key?.PublicKey;

    /// <summary>Why the key that lies beside the vault could not be opened the last time; null where it could, or there is none.</summary>
    public string? Shut => _shut;

    /// <summary>The key beside the vault does not open; one that is open already stays.</summary>
    public void Miss(string why) => _shut = why;

    /// <summary>Takes over the key that the vault opened. The same one again changes nothing.</summary>
    public void Take(OperatorKey? key)
    {
        _shut = null;
        if (key is null || _key?.PublicKey.Equals(key.PublicKey) == true)
        {
            key?.Dispose();
            return;
        }

        Interlocked.Exchange(ref _key, key)?.Dispose();
    }

    /// <summary>
    /// Signs an <c>SSVMessage</c>. The entry about it is on disk, in the next commit of the ledger, before it is given out.
    /// </summary>
    /// <exception cref="LedgerException">It could not be noted, so it is not given out.</exception>
    public async Task<OperatorSignOutcome> SignAsync(Client client, string requestId, ReadOnlyMemory<byte> bytes)
    {
        if (_key is not { } key)
        {
            return new OperatorSignOutcome.Refused(
                new OperatorMessageRefusal(
                    OperatorMessageFault.NoOperatorKey,
                    "no operator key is open: 'remote-signer operator import' seals one"
                ),
                null
            );
        }

        var message = SsvMessage.TryParse(bytes.Span);
        var refusal = speech.Judge(message, Places());
        var entry = new AuditEntry
        {
            Action = AuditActions.OperatorSign,
            Decision = refusal is null ? AuditDecision.Granted : AuditDecision.Refused,
            Client = client.Name,
            ClientFingerprint = client.CertificateFingerprint,
            RequestId = requestId,
            GroupKey = message?.Validator,
            SigningRoot = refusal is null ? new Root(SHA256.HashData(bytes.Span)) : null,
            Rule = refusal?.Reason,
            Detail = refusal?.Detail ?? message!.Words,
        };
        if (refusal is not null)
        {
            await audit.RecordRefusalAsync(entry);
            return new OperatorSignOutcome.Refused(refusal, message);
        }

        // The disk and the processor at once: no record has to be there before this signature, as it has before a duty's.
        var noted = audit.RecordAsync(entry);
        var signature = key.Sign(bytes.Span);
        await noted;
        return new OperatorSignOutcome.Signed(signature, message!);
    }

    /// <summary>
    /// The share in a ciphertext, if it is the secret of <paramref name="expected"/>; else null, whatever is wrong. The caller disposes it.
    /// </summary>
    public BlsSecretKey? DecryptShare(SecretArena arena, ReadOnlySpan<byte> encrypted, BlsPublicKey expected) =>
        _key?.DecryptShare(arena, encrypted, expected);

    public void Dispose() => _key?.Dispose();

    /// <summary>
    /// SSV's shares about which the operator would say nothing, or not all: their validator is not known, or the document that names its
    /// committee. None where it speaks about every validator.
    /// </summary>
    public IReadOnlyList<BlsPublicKey> Silent =>
        speech.BearsAnyValidator
            ? []
            :
            [
                .. ring
                    .Shares.Where(share =>
                        share.Membership is { } member
                            ? IsSsv(member, out var committee) && committee is null
                            : PushLabels.ProvenanceOf(share.Label, ShareProvenance.Unknown) == ShareProvenance.SsvPush
                    )
                    .Select(share => share.PublicKey),
            ];

    // A document that cannot be read costs what is said for its committee, unless another of the same operators can. What is said for one
    // validator needs its group key alone, which is sealed.
    private List<OwnShare> Places()
    {
        var committees = new Dictionary<Root, (bool IsSsv, Root? Committee)>();
        List<OwnShare> places = [];
        foreach (var share in ring.Shares)
        {
            if (share.Membership is { } member)
            {
                if (!committees.TryGetValue(member.ClusterHash, out var known))
                {
                    committees.Add(member.ClusterHash, known = (IsSsv(member, out var committee), committee));
                }

                // The index of a Charon node is no operator's number.
                if (known.IsSsv)
                {
                    places.Add(new OwnShare(share.GroupKey, member.ShareIndex, known.Committee));
                }
            }
        }

        return places;
    }

    private bool IsSsv(ClusterMembership member, out Root? committee)
    {
        var document = clusters.Find(member);
        committee = (document as ClusterDocument.SsvShares)?.Committee;
        return document is null ? member.Provenance is ShareProvenance.SsvFile or ShareProvenance.SsvPush : committee is not null;
    }
}
