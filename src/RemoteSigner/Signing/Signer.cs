using System.Diagnostics;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// The whole story of a signature, and the only order of its parts: what can be told without the disk (<see cref="OrderJudge"/>: which
/// share, may this client, which root, is it time, is it the cluster's), is it before the fence, is it slashable, sign. One order is a
/// batch of one: many share the wait for the fence and the transaction, and whatever becomes of one of them becomes of it alone. A refusal
/// is in the audit log before it is told; a permit and its audit entry are one transaction, on disk before the share is used.
/// </summary>
public sealed class Signer(
    OrderJudge judge,
    SlotClock clock,
    Fence fence,
    SlashingProtection slashing,
    AuditLog audit,
    ShareSigner shares,
    TimeProvider time
)
{
    private readonly SigningQueue _queue = new(shares);

    /// <summary>Told how long duties waited for the disk: once for those of one type that waited together.</summary>
    public Action<DutyType, TimeSpan> Recorded { get; init; } = (_, _) => { };

    /// <summary>When our own signatures are verified before they are given out.</summary>
    public PartialVerification Verification { get; init; } = PartialVerification.Suspect;

    /// <summary>Signs, or says why not. There is no cancellation: a duty that was begun is finished.</summary>
    public async Task<SignOutcome> SignAsync(SignOrder order)
    {
        SignCase[] cases = [new(order, audit)];
        await RunAsync(cases);
        return cases[0].Outcome!;
    }

    /// <summary>
    /// Signs each, or says why not, in the order given. All decisions and their audit entries, refusals included, are one transaction, and
    /// of two that collide the first is signed; signatures are made on all cores, those of one root together, and those that are to be
    /// verified are verified together.
    /// </summary>
    public async Task<IReadOnlyList<SignOutcome>> SignAllAsync(IReadOnlyList<SignOrder> orders)
    {
        var cases = new SignCase[orders.Count];
        for (var i = 0; i < cases.Length; i++)
        {
            cases[i] = new SignCase(orders[i], audit);
        }

        await RunAsync(cases);
        return Array.ConvertAll(cases, one => one.Outcome!);
    }

    /// <summary>Tells what <see cref="SignAsync"/> would answer now; it signs, records and moves nothing.</summary>
    /// <exception cref="LedgerException">The history could not be read.</exception>
    public async Task<Evaluation> EvaluateAsync(SignOrder order)
    {
        var one = new SignCase(order, audit) { IsEvaluation = true };
        judge.Judge([one]);
        var refusal = one.Outcome ?? (fence.State.Closed is { } stale ? new SignOutcome.RollbackCheckFailed(stale) : null);
        if (refusal is not null)
        {
            return new Evaluation(refusal, one.Message?.SigningRoot, SignedBefore: false);
        }

        return await slashing.EvaluateAsync(one.Share!.Identity, one.Message!) switch
        {
            Verdict.Allowed(false) when one.Untimely is { } untimely => new Evaluation(
                untimely,
                one.Message!.SigningRoot,
                SignedBefore: false
            ),
            Verdict.Allowed(var before) => new Evaluation(null, one.Message!.SigningRoot, before),
            Verdict.Refused(var rule, var detail) => new Evaluation(
                new SignOutcome.Slashable(rule, detail),
                one.Message!.SigningRoot,
                SignedBefore: false
            ),
            _ => throw new UnreachableException(),
        };
    }

    // The story, for one and for many.
    private async Task RunAsync(SignCase[] cases)
    {
        judge.Judge(cases);
        await CoverAsync(cases);
        var started = time.GetTimestamp();
        Take(cases, await slashing.RequestAsync(Array.ConvertAll(cases, one => one.ToRequest())), time.GetElapsedTime(started));
        await SignGrantedAsync(cases);
        WithholdFaulty(cases);
        await RecordWithheldAsync(cases);
    }

    /// <summary>
    /// One wait for all: where the anchor hangs the first waits as long as a single duty would, and the others are judged by what is
    /// covered then.
    /// </summary>
    private async ValueTask CoverAsync(SignCase[] cases)
    {
        var timeout = fence.Timeout;
        foreach (var one in cases)
        {
            if (one.Outcome is not null)
            {
                continue;
            }

            var content = one.Order.Message.Slashable;
            if (one.Untimely is not null)
            {
                CoverUntimely(one, content);
                continue;
            }

            var started = time.GetTimestamp();
            if (await fence.CoverAsync(content, timeout) is { } stale)
            {
                one.Outcome = new SignOutcome.RollbackCheckFailed(stale);
            }

            timeout -= time.GetElapsedTime(started);
        }
    }

    // It may be on record here, and then it lies before the fence. One that does not is new, and must not carry the fence to wherever it
    // is.
    private void CoverUntimely(SignCase one, SlashableContent content)
    {
        if (fence.Refusal(content) is not null)
        {
            clock.Observe(one.Order.Client.Name, one.Order.Message);
            one.Outcome = one.Untimely;
        }
    }

    private void Take(SignCase[] cases, IReadOnlyList<PermitDecision> decisions, TimeSpan waited)
    {
        DutyType? told = null;
        for (var i = 0; i < cases.Length; i++)
        {
            var (one, order) = (cases[i], cases[i].Order);
            if (one.Outcome is null && told != order.Message.Type)
            {
                told = order.Message.Type;
                Recorded(order.Message.Type, waited);
            }

            if (one.Take(decisions[i]))
            {
                clock.Observe(order.Client.Name, order.Message);
            }
        }
    }

    // One is signed with the others whose record reached the disk together with its own.
    private Task SignGrantedAsync(SignCase[] cases)
    {
        if (cases is [var one])
        {
            return _queue.SignAsync(one);
        }

        Parallel.ForEach(SigningBurst.Of(cases, shares), burst => burst.Execute());
        return Task.CompletedTask;
    }

    private void WithholdFaulty(SignCase[] cases)
    {
        var looked = cases is [var one] && !MustVerify(one) ? [] : Array.FindAll(cases, MustVerify);
        if (looked.Length == 0)
        {
            return;
        }

        foreach (var i in BlsBatch.FindInvalid(Array.ConvertAll(looked, one => one.ToClaim())))
        {
            looked[i].Withhold();
        }

        foreach (var proven in looked.Where(other => other.Outcome is SignOutcome.Signed))
        {
            proven.Share!.Prove();
        }
    }

    private bool MustVerify(SignCase one) =>
        one.Outcome is SignOutcome.Signed
        && (Verification is PartialVerification.Always || (Verification is PartialVerification.Suspect && one.Share!.IsSuspect));

    // The entries of their decisions say "granted".
    private async ValueTask RecordWithheldAsync(SignCase[] cases)
    {
        foreach (var one in cases)
        {
            if (one.EntryOfWithheld() is { } entry)
            {
                try
                {
                    await audit.RecordAsync(entry);
                }
                catch (LedgerException fault)
                {
                    one.Outcome = new SignOutcome.Failed(fault);
                }
            }
        }
    }
}
