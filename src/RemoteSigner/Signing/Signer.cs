using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;
using RemoteSigner.Native;

namespace RemoteSigner.Signing;

/// <summary>
/// The whole story of a signature, and the only order of its parts: which share, may this client, is it time, is it the cluster's, is it before the fence, is it slashable, sign.
/// A refusal is in the audit log before it is told; a permit and its audit entry are one transaction, on disk before the share is used.
/// </summary>
public sealed partial class Signer(
    Network network, KeyRing keys, AccessPolicy access, SlotClock clock, ClusterRules rules, Fence fence, SlashingProtection slashing, AuditLog audit, TimeProvider time)
{
    /// <summary>Told how long each duty waited for the disk.</summary>
    public Action<DutyType, TimeSpan> Recorded { get; init; } = (_, _) => { };

    /// <summary>When our own signatures are verified before they are given out.</summary>
    public PartialVerification Verification { get; init; } = PartialVerification.Suspect;

    /// <summary>Signs, or says why not. There is no cancellation: a duty that was begun is finished.</summary>
    /// <exception cref="LedgerException">The decision could not be recorded, so there is none; nothing was signed.</exception>
    public async Task<SignOutcome> SignAsync(SignOrder order)
    {
        var judged = await CoverAsync(order, Judge(order));
        if (judged.Refusal is { } refusal)
        {
            await audit.RecordAsync(RefusalEntry(order, judged));
            return refusal;
        }

        var (share, message) = (judged.Share!, judged.Message!);
        var started = time.GetTimestamp();
        var decision = await slashing.RequestAsync(share.Identity, message, (transaction, signingRoot, verdict) =>
            audit.Append(transaction, EntryFor(order, share, signingRoot, verdict)));
        Recorded(order.Message.Type, time.GetElapsedTime(started));
        var outcome = Conclude(share, decision);
        return outcome is SignOutcome.Signed signed && MustVerify(share) && !Bls.Verify(share.PublicKey.Bytes, signed.SigningRoot.Bytes, signed.Signature.Bytes)
            ? await WithholdAsync(order, share, signed)
            : outcome;
    }

    /// <summary>Tells what <see cref="SignAsync"/> would answer now; it signs, records and moves nothing.</summary>
    /// <exception cref="LedgerException">The history could not be read.</exception>
    public async Task<Foresight> ForeseeAsync(SignOrder order)
    {
        var judged = Judge(order, foresight: true);
        var refusal = judged.Refusal ?? (fence.State.Closed is { } stale ? new SignOutcome.NotFresh(stale) : null);
        if (refusal is not null)
        {
            return new Foresight(refusal, judged.Message?.SigningRoot, SignedBefore: false);
        }

        return await slashing.ForeseeAsync(judged.Share!.Identity, judged.Message!) switch
        {
            Verdict.Allowed(var before) => new Foresight(null, judged.Message!.SigningRoot, before),
            Verdict.Refused(var rule, var detail) => new Foresight(new SignOutcome.Slashable(rule, detail), judged.Message!.SigningRoot, SignedBefore: false),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Everything that can be told without the disk, in the one order there is: what is cheap and hides the most comes first.</summary>
    private Judgement Judge(SignOrder order, bool foresight = false)
    {
        if (order.PublicKey is not { } key || keys.Find(key) is not { } share)
        {
            return new(null, null, new SignOutcome.UnknownKey(), null);
        }

        if (!access.Allows(order.Client, share.PublicKey, order.Message.Type))
        {
            return new(share, null, new SignOutcome.NotAllowed(), null);
        }

        if (!TryGetRoot(order.Message, out var message, out var fault))
        {
            return new(share, null, new SignOutcome.NotOnThisNetwork(fault), fault);
        }

        if (order.ClaimedSigningRoot is { } claimed && claimed != message.SigningRoot)
        {
            return new(share, message, new SignOutcome.RootMismatch(message.SigningRoot), $"the client claimed {claimed}, the message has {message.SigningRoot}");
        }

        if ((foresight ? clock.Foresee(order.Message) : clock.Refusal(order.Message)) is { } untimely)
        {
            SignOutcome outcome = untimely.ClockInDoubt ? new SignOutcome.ClockInDoubt(untimely.Detail) : new SignOutcome.OutsideSlotWindow(untimely.Detail);
            return new(share, message, outcome, untimely.Detail);
        }

        return rules.Refusal(share.Identity, share.Membership, order.Message) is { } foreign
            ? new(share, message, new SignOutcome.AgainstCluster(foreign), foreign.Detail)
            : new(share, message, null, null);
    }

    private async ValueTask<Judgement> CoverAsync(SignOrder order, Judgement judged) =>
        judged.Refusal is null && await fence.CoverAsync(order.Message.Slashable) is { } stale
            ? judged with { Refusal = new SignOutcome.NotFresh(stale), Detail = stale.Detail }
            : judged;

    private static SignOutcome Conclude(KeyShare share, PermitDecision decision) => decision switch
    {
        PermitDecision.Granted(var permit, _) => new SignOutcome.Signed(share.Sign(permit), permit.SigningRoot),
        PermitDecision.Refused(var rule, var detail) => new SignOutcome.Slashable(rule, detail),
        _ => throw new UnreachableException(),
    };

    private bool MustVerify(KeyShare share) => Verification is PartialVerification.Always || (Verification is PartialVerification.Suspect && share.IsSuspect);

    private async Task<SignOutcome> WithholdAsync(SignOrder order, KeyShare share, SignOutcome.Signed signed)
    {
        const string Detail = "the signature does not verify under the share's public key: the memory or the processor is at fault";
        share.Suspect();
        await audit.RecordAsync(Entry(order, share) with { Action = "sign.fault", Decision = AuditDecision.Event, SigningRoot = signed.SigningRoot, Detail = Detail });
        return new SignOutcome.SignatureFault(Detail);
    }

    private bool TryGetRoot(SignableMessage message, [NotNullWhen(true)] out RootedMessage? rooted, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            (rooted, fault) = (message.WithRoot(network), null);
            return true;
        }
        catch (SpecException exception)
        {
            (rooted, fault) = (null, exception.Message);
            return false;
        }
    }

    private static AuditEntry RefusalEntry(SignOrder order, in Judgement judged) =>
        Entry(order, judged.Share) with { Decision = AuditDecision.Refused, Rule = judged.Refusal!.RuleName, Detail = judged.Detail };

    private static AuditEntry EntryFor(SignOrder order, KeyShare share, Root root, Verdict verdict) => verdict switch
    {
        Verdict.Allowed(var again) => Entry(order, share) with { SigningRoot = root, SignedBefore = again },
        Verdict.Refused(var rule, var detail) => Entry(order, share) with
        {
            SigningRoot = root,
            Decision = AuditDecision.Refused,
            Rule = rule.Name(),
            Detail = detail,
        },
        _ => throw new UnreachableException(),
    };

    private static AuditEntry Entry(SignOrder order, KeyShare? share)
    {
        var vote = order.Message.Slashable as SlashableContent.Attestation;
        return new AuditEntry
        {
            Action = "sign",
            Decision = AuditDecision.Granted,
            RequestId = order.RequestId,
            Client = order.Client.Name,
            ClientFingerprint = order.Client.CertificateFingerprint,
            ShareKey = order.PublicKey,
            GroupKey = share?.GroupKey,
            Duty = order.Message.Type,
            Slot = order.Message.DutySlot,
            SourceEpoch = vote?.Source,
            TargetEpoch = vote?.Target ?? order.Message.DutyEpoch,
        };
    }

    /// <summary>What is known of an order before the disk is asked. A refusal is null when nothing stands against it yet: share and message are there then.</summary>
    private readonly record struct Judgement(KeyShare? Share, RootedMessage? Message, SignOutcome? Refusal, string? Detail);
}
