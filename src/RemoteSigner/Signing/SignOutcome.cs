using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;

namespace RemoteSigner.Signing;

/// <summary>How a sign request ended; a closed choice. Whatever it is, it is in the audit log before anybody sees it.</summary>
public abstract record SignOutcome
{
    private SignOutcome()
    {
    }

    /// <summary>The (partial) signature, 96 bytes, and the root of the message that it signs.</summary>
    public sealed record Signed(BlsSignature Signature, Root SigningRoot) : SignOutcome;

    /// <summary>No such key is open here.</summary>
    public sealed record UnknownKey : SignOutcome;

    /// <summary>The client may not use this key for this duty. To the client this looks like <see cref="UnknownKey"/>.</summary>
    public sealed record NotAllowed : SignOutcome;

    /// <summary>The root that the client computed is not the root of the message it sent.</summary>
    public sealed record RootMismatch(Root Computed) : SignOutcome;

    /// <summary>The message cannot exist on this network.</summary>
    public sealed record NotOnThisNetwork(string Detail) : SignOutcome;

    /// <summary>The duty is too far ahead of the clock.</summary>
    public sealed record OutsideSlotWindow(string Detail) : SignOutcome;

    /// <summary>The signer's own clock cannot be relied on, so that it cannot judge the duty.</summary>
    public sealed record ClockInDoubt(string Detail) : SignOutcome;

    /// <summary>The message is not what the share's cluster, or the operator's policy for registrations, would have signed.</summary>
    public sealed record AgainstCluster(ClusterRefusal Refusal) : SignOutcome;

    /// <summary>The history may not be the newest, or the fence does not cover this duty.</summary>
    public sealed record NotFresh(FreshnessRefusal Refusal) : SignOutcome;

    /// <summary>Slashing protection refused.</summary>
    public sealed record Slashable(SlashingRule Rule, string Detail) : SignOutcome;

    /// <summary>The signature that was made does not verify under the share's public key: memory or processor are at fault. It is not given out, because a faulty signature may tell the key.</summary>
    public sealed record SignatureFault(string Detail) : SignOutcome;
}
