using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>What is brought to slashing protection; a closed choice. All that is brought at once is one transaction.</summary>
public abstract record PermitRequest
{
    private PermitRequest() { }

    /// <summary>
    /// Leave for the share <paramref name="Key"/> to sign <paramref name="Message"/>; <paramref name="Anchor"/> writes the evidence of
    /// what is decided.
    /// </summary>
    public sealed record Ask(ProtectedKey Key, RootedMessage Message, EvidenceRecorder Anchor) : PermitRequest
    {
        /// <summary>
        /// Something else stands against the message, unless this very message is on record here: then it may be signed again, and else
        /// nothing is recorded.
        /// </summary>
        public bool OnlyIfOnRecord { get; init; }
    }

    /// <summary>
    /// Nothing is asked any more, the message was refused elsewhere: <paramref name="Write"/> writes the evidence of that.
    /// </summary>
    public sealed record Evidence(Action<LedgerTransaction> Write) : PermitRequest;
}
