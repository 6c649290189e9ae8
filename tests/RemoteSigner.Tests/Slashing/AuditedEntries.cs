using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The evidence of a decision is the audit log's.</summary>
internal sealed partial class TemporarySigner
{
    public AuditLog Audit { get; private set; } = null!;

    /// <summary>Writes the entry that the signer writes.</summary>
    public partial EvidenceRecorder Anchor(ProtectedKey key, SlashableContent content) =>
        (transaction, root, verdict) =>
            Audit.Append(
                transaction,
                new AuditEntry
                {
                    Action = "sign",
                    Decision = verdict is Verdict.Allowed ? AuditDecision.Granted : AuditDecision.Refused,
                    RequestId = "test",
                    Client = "vc",
                    ShareKey = key.PublicKey,
                    GroupKey = key.GroupKey,
                    Duty =
                        content is SlashableContent.Block ? DutyType.Block
                        : content is SlashableContent.Attestation ? DutyType.Attestation
                        : DutyType.RandaoReveal,
                    Slot = content is SlashableContent.Block block ? block.Slot : null,
                    SourceEpoch = (content as SlashableContent.Attestation)?.Source,
                    TargetEpoch = (content as SlashableContent.Attestation)?.Target,
                    SigningRoot = root,
                    SignedBefore = verdict is Verdict.Allowed { AlreadySigned: true },
                    Rule = (verdict as Verdict.Refused)?.Rule.ToString(),
                    Detail = (verdict as Verdict.Refused)?.Detail,
                }
            );

    private async partial Task OpenEvidenceAsync(Ledger ledger) => Audit = await AuditLog.OpenAsync(ledger, Time);
}
