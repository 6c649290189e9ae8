using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>
/// How a sign request ended; a closed choice. Whatever it is, it is in the audit log before anybody sees it, unless the ledger takes
/// nothing.
/// </summary>
public abstract record SignOutcome
{
    private SignOutcome() { }

    /// <summary>
    /// The name in metrics and in the log. Kept for years and read by others' programs: a case may be renamed, its name not.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>The same as a code, for metrics.</summary>
    public abstract string Code { get; }

    /// <summary>What stood against it, by the name under which the audit log has it.</summary>
    public virtual string RuleName => Name;

    /// <summary>What stood against it, by its code in metrics.</summary>
    public virtual string RuleCode => Code;

    // What the log shows of an outcome is the members of its case.
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>The (partial) signature, 96 bytes, and the root of the message that it signs.</summary>
    public sealed record Signed(BlsSignature Signature, Root SigningRoot) : SignOutcome
    {
        public override string Name => "Signed";

        public override string Code => "signed";

        /// <summary>The share that signed.</summary>
        public required KeyShare Share { get; init; }
    }

    /// <summary>The vault has not been opened yet, so that nobody can say whether the key is there. Ask again.</summary>
    public sealed record KeysLoading : SignOutcome
    {
        public override string Name => "KeysLoading";

        public override string Code => "keys_loading";
    }

    /// <summary>No such key is open here.</summary>
    public sealed record UnknownKey : SignOutcome
    {
        public override string Name => "UnknownKey";

        public override string Code => "unknown_key";
    }

    /// <summary>The client may not use this key for this duty. To the client this looks like <see cref="UnknownKey"/>.</summary>
    public sealed record NotAllowed : SignOutcome
    {
        public override string Name => "NotAllowed";

        public override string Code => "not_allowed";
    }

    /// <summary>The root that the client computed is not the root of the message it sent.</summary>
    public sealed record RootMismatch(Root Computed) : SignOutcome
    {
        public override string Name => "RootMismatch";

        public override string Code => "root_mismatch";
    }

    /// <summary>The message cannot exist on this network.</summary>
    public sealed record NotOnThisNetwork(string Detail) : SignOutcome
    {
        public override string Name => "NotOnThisNetwork";

        public override string Code => "not_on_this_network";
    }

    /// <summary>The duty is too far ahead of the clock.</summary>
    public sealed record OutsideSlotWindow(string Detail) : SignOutcome
    {
        public override string Name => "OutsideSlotWindow";

        public override string Code => "outside_slot_window";
    }

    /// <summary>The signer's own clock cannot be relied on, so that it cannot judge the duty.</summary>
    public sealed record ClockInDoubt(string Detail) : SignOutcome
    {
        public override string Name => "ClockInDoubt";

        public override string Code => "clock_in_doubt";
    }

    /// <summary>The message is not what the share's cluster, or the operator's policy for registrations, would have signed.</summary>
    public sealed record ClusterPolicyViolation(ClusterRefusal Refusal) : SignOutcome
    {
        public override string Name => "ClusterPolicyViolation";

        public override string Code => "cluster_policy_violation";

        public override string RuleName => Refusal.Rule.Name();

        public override string RuleCode => Refusal.Rule.Code();
    }

    /// <summary>The history may not be the newest, or the fence does not cover this duty.</summary>
    public sealed record RollbackCheckFailed(RollbackRefusal Refusal) : SignOutcome
    {
        public override string Name => "RollbackCheckFailed";

        public override string Code => "rollback_check_failed";

        public override string RuleName => Refusal.Reason.Name();

        public override string RuleCode => Refusal.Reason.Code();
    }

    /// <summary>Slashing protection refused.</summary>
    public sealed record Slashable(SlashingRule Rule, string Detail) : SignOutcome
    {
        public override string Name => "Slashable";

        public override string Code => "slashable";

        public override string RuleName => Rule.Name();

        public override string RuleCode => Rule.Code();
    }

    /// <summary>
    /// The key was taken out after the decision and before the signature, so there is none. To the client this looks like
    /// <see cref="UnknownKey"/>.
    /// </summary>
    public sealed record KeyRemoved : SignOutcome
    {
        public override string Name => "KeyRemoved";

        public override string Code => "key_removed";
    }

    /// <summary>
    /// Something failed that is no fault of the order: the ledger, so that the decision could not be recorded and there is none
    /// (<see cref="LedgerException"/>), or the signer itself. Nothing was signed.
    /// </summary>
    public sealed record Failed(Exception Fault) : SignOutcome
    {
        public override string Name => "Failed";

        public override string Code => "failed";
    }

    /// <summary>
    /// The signer did not come to the order in time. Where it comes to it later, there may be a record and a signature that nobody was
    /// given, as after a crash: the same message is granted again.
    /// </summary>
    public sealed record Busy(string Detail) : SignOutcome
    {
        public override string Name => "Busy";

        public override string Code => "busy";
    }

    /// <summary>
    /// The signature that was made does not verify under the share's public key: memory or processor are at fault. It is not given out,
    /// because a faulty signature may tell the key.
    /// </summary>
    public sealed record SignatureFault(string Detail) : SignOutcome
    {
        public override string Name => "SignatureFault";

        public override string Code => "signature_fault";
    }
}
