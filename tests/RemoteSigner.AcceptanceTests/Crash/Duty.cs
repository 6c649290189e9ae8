using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>A vote or a block that one key is asked to sign: what is posted, and the root that must come back signed.</summary>
internal sealed record Duty(BlsPublicKey Key, SlashableContent Content, Root SigningRoot, string Json)
{
    /// <summary>
    /// One line that says what a signature would be: the same words for a record of slashing protection and an audit entry.
    /// </summary>
    public string Claim =>
        Content switch
        {
            SlashableContent.Block(var slot) => BlockClaim(Key.ToString(), slot.ToString(), SigningRoot.ToString()),
            SlashableContent.Attestation vote => VoteClaim(
                Key.ToString(),
                vote.Source.ToString(),
                vote.Target.ToString(),
                SigningRoot.ToString()
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static string BlockClaim(string key, string slot, string root) => $"{key} block {slot} {root}";

    public static string VoteClaim(string key, string source, string target, string root) => $"{key} vote {source} {target} {root}";

    /// <summary>Two blocks for one slot.</summary>
    public static (Duty, Duty) ConflictingBlocks(BlsPublicKey key, Network network, int step) =>
        (Block(key, network, (ulong)step, 1), Block(key, network, (ulong)step, 2));

    /// <summary>
    /// Two votes for one target, or a vote and another that surrounds it, by turns; no vote conflicts with those of another step.
    /// </summary>
    public static (Duty, Duty) ConflictingVotes(BlsPublicKey key, Network network, int step)
    {
        var epoch = 4 * (ulong)step;
        var inner = Vote(key, network, epoch + 1, epoch + 2, 1);
        return (step % 3) switch
        {
            0 => (inner, Vote(key, network, epoch + 1, epoch + 2, 2)),
            1 => (inner, Vote(key, network, epoch, epoch + 3, 1)),
            _ => (Vote(key, network, epoch, epoch + 3, 1), inner),
        };
    }

    /// <summary>May a validator never sign both? EIP-3076 conditions 1 and 4, written once more and naively.</summary>
    public bool ConflictsWith(Duty other) =>
        Key == other.Key
        && SigningRoot != other.SigningRoot
        && (Content, other.Content) switch
        {
            (SlashableContent.Block(var slot), SlashableContent.Block(var otherSlot)) => slot == otherSlot,
            (SlashableContent.Attestation vote, SlashableContent.Attestation otherVote) => vote.Target == otherVote.Target
                || Surrounds(vote, otherVote)
                || Surrounds(otherVote, vote),
            _ => false,
        };

    private static bool Surrounds(SlashableContent.Attestation outer, SlashableContent.Attestation inner) =>
        outer.Source < inner.Source && inner.Target < outer.Target;

    private static Duty Block(BlsPublicKey key, Network network, ulong slot, byte fill)
    {
        var message = BlockRequest.Message(network.GenesisValidatorsRoot!.Value, slot, fill);
        return new Duty(key, message.Slashable, message.SigningRoot(network), BlockRequest.Json(message));
    }

    public static Duty Vote(BlsPublicKey key, Network network, ulong source, ulong target, byte fill)
    {
        var message = AttestationRequest.Message(network.GenesisValidatorsRoot!.Value, source, target, target * 32, fill);
        return new Duty(key, message.Slashable, message.SigningRoot(network), AttestationRequest.Json(message));
    }
}
