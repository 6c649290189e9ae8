using RemoteSigner.Access;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// What can be told of an order without the disk: the first of the steps of <see cref="Signer"/>, and all that an evaluation has in common
/// with a signature but the verdict on slashing. It keeps nothing and waits for nobody, so many are judged at once.
/// </summary>
public sealed class OrderJudge(Network network, KeyRing keys, AccessPolicy access, SlotClock clock, ClusterRules rules)
{
    /// <summary>
    /// Gives each its share, its message with the root, and its outcome where something stands against it. Many are judged on all cores.
    /// </summary>
    internal void Judge(SignCase[] cases)
    {
        var rooted = new RootOnce();
        if (cases is [var one])
        {
            Judge(one, rooted);
        }
        else
        {
            Parallel.ForEach(cases, other => Judge(other, rooted));
        }
    }

    // An order that trips over a fault of ours must not take others with it.
    private void Judge(SignCase one, RootOnce rooted)
    {
        try
        {
            one.Outcome = Refusal(one, rooted);
        }
        catch (Exception fault)
        {
            one.Outcome = new SignOutcome.Failed(fault);
        }
    }

    /// <summary>
    /// Everything that can be told without the disk, in the one order there is: what is cheap and hides the most comes first. Null when
    /// nothing stands against it yet.
    /// </summary>
    private SignOutcome? Refusal(SignCase one, RootOnce rooted)
    {
        var order = one.Order;

        // Asked before the look: a ring that is filled in between may have the key.
        var areOpen = keys.AreOpen;
        if (order.Key is not { } key)
        {
            return new SignOutcome.UnknownKey();
        }

        if (keys.Find(key, order.Named) is not { } share)
        {
            return areOpen ? new SignOutcome.UnknownKey() : new SignOutcome.KeysLoading();
        }

        one.Share = share;
        if (!access.Allows(order.Client, share.PublicKey, order.Message.Type))
        {
            return new SignOutcome.NotAllowed();
        }

        try
        {
            one.Message = rooted.Of(order.Message, network, clock.Epoch);
        }
        catch (SpecException exception)
        {
            return new SignOutcome.NotOnThisNetwork(exception.Message);
        }

        if (order.ClaimedSigningRoot is { } claimed && claimed != one.Message.SigningRoot)
        {
            return new SignOutcome.RootMismatch(one.Message.SigningRoot);
        }

        one.Untimely = clock.Refusal(order.Client.Name, order.Message) switch
        {
            null => null,
            { ClockInDoubt: true, Detail: var doubt } => new SignOutcome.ClockInDoubt(doubt),
            { Detail: var detail } => new SignOutcome.OutsideSlotWindow(detail),
        };
        return
            rules.Refusal(
                share.Identity.PublicKey,
                share.Identity.GroupKey,
                share.Membership,
                order.Message,
                isToBeSigned: !one.IsEvaluation && one.Untimely is null
            )
                is { } foreign
            ? new SignOutcome.ClusterPolicyViolation(foreign)
            : null;
    }

    /// <summary>
    /// The orders of a batch are about one message as a rule, and its root is computed once. Who comes at the same moment may compute it,
    /// too.
    /// </summary>
    private sealed class RootOnce
    {
        private RootedMessage? _last;

        public RootedMessage Of(SignableMessage message, Network network, Epoch? now) =>
            _last is { } last && ReferenceEquals(last.Message, message) ? last : _last = message.WithRoot(network, now);
    }
}
