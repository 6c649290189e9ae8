using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// Our SSV operator while the signer serves: its RSA key once it is open, and the order of what happens before it signs. It signs what it understands (see
/// <see cref="OperatorSpeech"/>); what it refuses is in the audit log before that is told.
/// </summary>
public sealed class OperatorVoice(OperatorSpeech speech, KeyRing ring, ClusterLibrary clusters, AuditLog audit) : IDisposable
{
    private volatile OperatorKey? _key;

    /// <summary>Null while no key is open, or there is none.</summary>
    public OperatorPublicKey? PublicKey => _key?.PublicKey;

    /// <summary>Takes over the key that the vault opened. The same one again changes nothing.</summary>
    public void Take(OperatorKey? key)
    {
        if (key is null || _key?.PublicKey.Equals(key.PublicKey) == true)
        {
            key?.Dispose();
            return;
        }

        Interlocked.Exchange(ref _key, key)?.Dispose();
    }

    /// <summary>Signs an <c>SSVMessage</c>.</summary>
    public async Task<SpeechOutcome> SignAsync(Client client, string requestId, ReadOnlyMemory<byte> message)
    {
        if (_key is not { } key)
        {
            return new SpeechOutcome.Refused(new SpeechRefusal("no_operator_key", "no operator key is open: 'remote-signer operator import' seals one"));
        }

        if (speech.Judge(message.Span, Places()) is not { } refusal)
        {
            return new SpeechOutcome.Signed(key.Sign(message.Span));
        }

        await audit.RecordRefusalAsync(new AuditEntry
        {
            Action = "operator.sign",
            Decision = AuditDecision.Refused,
            Client = client.Name,
            ClientFingerprint = client.CertificateFingerprint,
            RequestId = requestId,
            Rule = refusal.Reason,
            Detail = refusal.Detail,
        });
        return new SpeechOutcome.Refused(refusal);
    }

    /// <summary>The share in a ciphertext, if it is the secret of <paramref name="expected"/>; else null, whatever is wrong. The caller disposes it.</summary>
    public BlsSecretKey? DecryptShare(SecretArena arena, ReadOnlySpan<byte> encrypted, BlsPublicKey expected) => _key?.DecryptShare(arena, encrypted, expected);

    public void Dispose() => _key?.Dispose();

    // A document that cannot be read costs what is said for its committee, unless another of the same operators can. What is said for one validator needs its group key alone, which is sealed.
    private List<HeldPlace> Places()
    {
        var committees = new Dictionary<Root, Root?>();
        List<HeldPlace> places = [];
        foreach (var share in ring.Shares)
        {
            if (share.Membership is { } member)
            {
                if (!committees.TryGetValue(member.ClusterHash, out var committee))
                {
                    committees.Add(member.ClusterHash, committee = (clusters.Find(member) as ClusterDocument.SsvShares)?.Committee);
                }

                places.Add(new HeldPlace(share.GroupKey, member.ShareIndex, committee));
            }
        }

        return places;
    }
}
