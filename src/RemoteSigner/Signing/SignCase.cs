using System.Diagnostics;
using RemoteSigner.Audit;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>One order on its way through the signer: what is known of it so far, and the evidence that is written of it.</summary>
internal sealed class SignCase(SignOrder order, AuditLog audit)
{
    private const string FaultDetail =
        "the signature does not verify under the share's public key: the memory or the processor is at fault";
    private const string RemovedDetail = "the key was taken out between the decision and the signature, so there is none";

    private TaskCompletionSource? _signed;

    public SignOrder Order => order;

    /// <summary>It is only asked what would become of it.</summary>
    public bool IsEvaluation { get; init; }

    /// <summary>The share that is to sign, once it was found.</summary>
    public KeyShare? Share { get; set; }

    /// <summary>The message with its root, once that could be computed.</summary>
    public RootedMessage? Message { get; set; }

    /// <summary>
    /// What the clock has against the message. It counts only where the message is not on record here: signed again it does no harm at any
    /// time.
    /// </summary>
    public SignOutcome? Untimely { get; set; }

    /// <summary>Leave to sign, which only slashing protection gives.</summary>
    public SigningPermit? Permit { get; private set; }

    /// <summary>How it ended; null while nothing stands against it.</summary>
    public SignOutcome? Outcome { get; set; }

    /// <summary>What slashing protection is asked for.</summary>
    public PermitRequest ToRequest() =>
        Outcome is null
            ? new PermitRequest.Ask(Share!.Identity, Message!, Anchor) { OnlyIfOnRecord = Untimely is not null }
            : new PermitRequest.Evidence(WriteRefusal);

    /// <summary>Goes on with what was decided.</summary>
    /// <returns>True when the message was not on record before, so that its slot shows what time its client has.</returns>
    public bool Take(PermitDecision decision)
    {
        Permit = (decision as PermitDecision.Granted)?.Permit;
        Outcome = decision switch
        {
            PermitDecision.Granted => null,
            PermitDecision.Refused(var rule, var detail) => new SignOutcome.Slashable(rule, detail),
            PermitDecision.NotOnRecord => Untimely,
            PermitDecision.Witnessed => Outcome,
            PermitDecision.Failed(var fault) => new SignOutcome.Failed(fault),
            _ => throw new UnreachableException(),
        };
        return decision is PermitDecision.Granted { AlreadySigned: false } or PermitDecision.NotOnRecord;
    }

    /// <summary>Goes on with what its share has signed: null where the share was taken out meanwhile.</summary>
    public void Take(BlsSignature? signature) =>
        Outcome = signature is { } made
            ? new SignOutcome.Signed(made, Permit!.SigningRoot) { Share = Share! }
            : new SignOutcome.KeyRemoved();

    /// <summary>No signature could be made, though there was leave to.</summary>
    public void Fail(Exception fault)
    {
        Share!.Suspect();
        Outcome = new SignOutcome.Failed(fault);
    }

    /// <summary>Ends with <see cref="TellSigned"/>.</summary>
    public Task AwaitSignature() => (_signed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>It was signed, or it will not be.</summary>
    public void TellSigned() => _signed?.SetResult();

    /// <summary>
    /// The entry that a signature which was granted and did not leave has beside that of its decision; null for whatever else became of it.
    /// </summary>
    public AuditEntry? EntryOfWithheld() =>
        Outcome switch
        {
            SignOutcome.SignatureFault => Entry(AuditDecision.Event, Message!.SigningRoot, detail: FaultDetail) with
            {
                Action = AuditActions.SignFault,
            },
            SignOutcome.Failed(var fault) when Permit is not null => Entry(
                AuditDecision.Event,
                Message!.SigningRoot,
                detail: $"no signature could be made: {fault.Message}"
            ) with
            {
                Action = AuditActions.SignFault,
            },
            SignOutcome.KeyRemoved => Entry(AuditDecision.Event, Message!.SigningRoot, detail: RemovedDetail) with
            {
                Action = AuditActions.SignKeyRemoved,
            },
            _ => null,
        };

    /// <summary>What its signature says, to be verified.</summary>
    public SignatureClaim ToClaim()
    {
        var signed = (SignOutcome.Signed)Outcome!;
        return new SignatureClaim(Share!.PublicKey.Bytes.ToArray(), signed.SigningRoot.Bytes.ToArray(), signed.Signature.Bytes.ToArray());
    }

    /// <summary>The signature was found wrong.</summary>
    public void Withhold()
    {
        Share!.Suspect();
        Outcome = new SignOutcome.SignatureFault(FaultDetail);
    }

    private long Anchor(LedgerTransaction transaction, Root root, Verdict verdict) =>
        verdict switch
        {
            Verdict.Allowed(var again) => audit.Append(transaction, Entry(AuditDecision.Granted, root, again)),
            Verdict.Refused(var rule, var detail) => audit.AppendRefusal(
                transaction,
                Entry(AuditDecision.Refused, root, rule: rule.Name(), detail: detail)
            ),
            Verdict.NotOnRecord => audit.AppendRefusal(transaction, Refused(Untimely!, root)),
            _ => throw new UnreachableException(),
        };

    private void WriteRefusal(LedgerTransaction transaction) => audit.AppendRefusal(transaction, Refused(Outcome!));

    private AuditEntry Refused(SignOutcome outcome, Root? root = null) =>
        Entry(AuditDecision.Refused, root, rule: outcome.RuleName, detail: DetailOf(outcome));

    private string? DetailOf(SignOutcome outcome) =>
        outcome switch
        {
            SignOutcome.RootMismatch(var computed) => $"the client claimed {order.ClaimedSigningRoot}, the message has {computed}",
            SignOutcome.NotOnThisNetwork(var detail) => detail,
            SignOutcome.OutsideSlotWindow(var detail) => detail,
            SignOutcome.ClockInDoubt(var detail) => detail,
            SignOutcome.ClusterPolicyViolation(var refusal) => refusal.Detail,
            SignOutcome.RollbackCheckFailed(var refusal) => refusal.Detail,
            SignOutcome.Failed(var fault) => fault.Message,
            _ => null,
        };

    // All at once: an entry is large, and one is made for every signature.
    private AuditEntry Entry(AuditDecision decision, Root? root, bool again = false, string? rule = null, string? detail = null)
    {
        var vote = order.Message.Slashable as SlashableContent.Attestation;
        return new AuditEntry
        {
            Action = AuditActions.Sign,
            Decision = decision,
            RequestId = order.RequestId,
            Client = order.Client.Name,
            ClientFingerprint = order.Client.CertificateFingerprint,
            ShareKey = Share?.PublicKey ?? (order.Named == NamedKey.Group ? null : order.Key),
            GroupKey = Share is null ? (order.Named == NamedKey.Group ? order.Key : null) : Share.GroupKey,
            Duty = order.Message.Type,
            Slot = order.Message.DutySlot,
            SourceEpoch = vote?.Source,
            TargetEpoch = vote?.Target ?? order.Message.DutyEpoch,
            SigningRoot = root,
            SignedBefore = again,
            Rule = rule,
            Detail = detail,
        };
    }
}
