using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;

namespace RemoteSigner.Signing;

/// <summary>
/// The whole story of a signature, and the only order of its parts: which share, may this client, is it time, is it before the fence, is it slashable, sign.
/// A refusal is in the audit log before it is told; a permit and its audit entry are one transaction, on disk before the share is used.
/// </summary>
public sealed class Signer(
    Network network, KeyRing keys, AccessPolicy access, SlotClock clock, Fence fence, SlashingProtection slashing, AuditLog audit, TimeProvider time)
{
    /// <summary>Told how long each duty waited for the disk.</summary>
    public Action<DutyType, TimeSpan> Recorded { get; init; } = (_, _) => { };

    /// <summary>Signs, or says why not. There is no cancellation: a duty that was begun is finished.</summary>
    /// <exception cref="LedgerException">The decision could not be recorded, so there is none; nothing was signed.</exception>
    public async Task<SignOutcome> SignAsync(SignOrder order)
    {
        if (order.PublicKey is not { } key || keys.Find(key) is not { } share)
        {
            return await RefuseAsync(order, null, new SignOutcome.UnknownKey(), null);
        }

        if (!access.Allows(order.Client, share.PublicKey, order.Message.Type))
        {
            return await RefuseAsync(order, share, new SignOutcome.NotAllowed(), null);
        }

        if (!TryGetRoot(order.Message, out var message, out var fault))
        {
            return await RefuseAsync(order, share, new SignOutcome.NotOnThisNetwork(fault), fault);
        }

        if (order.ClaimedSigningRoot is { } claimed && claimed != message.SigningRoot)
        {
            return await RefuseAsync(order, share, new SignOutcome.RootMismatch(message.SigningRoot), $"the client claimed {claimed}, the message has {message.SigningRoot}");
        }

        if (clock.Refusal(order.Message) is { } untimely)
        {
            SignOutcome outcome = untimely.ClockInDoubt ? new SignOutcome.ClockInDoubt(untimely.Detail) : new SignOutcome.OutsideSlotWindow(untimely.Detail);
            return await RefuseAsync(order, share, outcome, untimely.Detail);
        }

        if (await fence.CoverAsync(order.Message.Slashable) is { } stale)
        {
            return await RefuseAsync(order, share, new SignOutcome.NotFresh(stale), stale.Detail);
        }

        var started = time.GetTimestamp();
        var decision = await slashing.RequestAsync(share.Identity, message, (transaction, signingRoot, verdict) =>
            audit.Append(transaction, EntryFor(order, share, signingRoot, verdict)));
        Recorded(order.Message.Type, time.GetElapsedTime(started));
        return decision switch
        {
            PermitDecision.Granted(var permit, _) => new SignOutcome.Signed(share.Sign(permit)),
            PermitDecision.Refused(var rule, var detail) => new SignOutcome.Slashable(rule, detail),
            _ => throw new UnreachableException(),
        };
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

    private async Task<SignOutcome> RefuseAsync(SignOrder order, KeyShare? share, SignOutcome outcome, string? detail)
    {
        await audit.RecordAsync(Entry(order, share) with { Decision = AuditDecision.Refused, Rule = RuleOf(outcome), Detail = detail });
        return outcome;
    }

    private static string RuleOf(SignOutcome outcome) => outcome is SignOutcome.NotFresh(var refusal) ? refusal.Reason.ToString() : outcome.GetType().Name;

    private static AuditEntry EntryFor(SignOrder order, KeyShare share, Root root, Verdict verdict) => verdict switch
    {
        Verdict.Allowed(var again) => Entry(order, share) with { SigningRoot = root, SignedBefore = again },
        Verdict.Refused(var rule, var detail) => Entry(order, share) with
        {
            SigningRoot = root,
            Decision = AuditDecision.Refused,
            Rule = rule.ToString(),
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
}
