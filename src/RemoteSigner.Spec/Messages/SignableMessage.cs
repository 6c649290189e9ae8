namespace RemoteSigner.Spec;

/// <summary>
/// A duty that a validator may be asked to sign, with everything its signing root is computed from. The root is never taken from outside.
/// The choice is closed: nobody outside this assembly can add a message, and with it a root of his own.
/// </summary>
public abstract record SignableMessage
{
    private protected SignableMessage() { }

    /// <summary>The duty's Web3Signer type.</summary>
    public abstract DutyType Type { get; }

    /// <summary>What slashing protection has to remember of this message.</summary>
    public abstract SlashableContent Slashable { get; }

    /// <summary>
    /// The chain the message is for; null for messages whose domain has no genesis validators root (deposits, builder registrations).
    /// </summary>
    public abstract Root? GenesisValidatorsRoot { get; }

    /// <summary>The slot the duty belongs to, for the slot clock and the log; null where the message names none.</summary>
    public abstract Slot? DutySlot { get; }

    /// <summary>
    /// The epoch the message itself names (an attestation's target), for the slot clock and the log; null where it names none.
    /// </summary>
    public abstract Epoch? DutyEpoch { get; }

    /// <summary>Why <paramref name="fork"/>, that of the message's slot, has no such message; null where it has.</summary>
    internal virtual string? ProblemIn(Fork fork) => null;

    /// <summary>What to answer there for a duty that came with Gloas.</summary>
    private protected static string? OnlyFromGloas(Fork fork) => fork >= Fork.Gloas ? null : "the duty came with Gloas";

    /// <summary><c>hash_tree_root</c> of the message's SSZ object, before any domain.</summary>
    /// <exception cref="SpecException">A member is longer than the network's preset allows, or the network has no such object in that
    /// slot.</exception>
    public abstract Root HashTreeRoot(Network network);

    /// <summary>
    /// The domain that ties the signature to the chain, the fork and the kind of duty. Internal because that closes the choice: an abstract
    /// record has a protected copy constructor whatever its own constructor is, and what cannot be overridden outside cannot be derived
    /// from outside.
    /// </summary>
    internal abstract Domain GetDomain(Network network);

    /// <summary>
    /// The same at a moment of the chain; null where nobody knows which. It matters for a message whose domain no member of it decides.
    /// </summary>
    internal virtual Domain GetDomain(Network network, Epoch? now) => GetDomain(network);

    /// <summary>
    /// <c>hash_tree_root(SigningData(hash_tree_root(message), domain))</c>, 32 bytes (consensus-specs <c>compute_signing_root</c>).
    /// </summary>
    /// <exception cref="SpecException">As for <see cref="HashTreeRoot"/>.</exception>
    public Root SigningRoot(Network network, Epoch? now = null) =>
        SszHasher.HashPair(HashTreeRoot(network), new Root(GetDomain(network, now).Bytes));

    /// <summary>
    /// The message with its signing root, computed once for everybody on the path of the request. <paramref name="now"/> is the chain's
    /// epoch at this moment, where it is known.
    /// </summary>
    /// <exception cref="SpecException">As for <see cref="HashTreeRoot"/>.</exception>
    public RootedMessage WithRoot(Network network, Epoch? now = null)
    {
        if (DutySlot is { } slot && network.ForkAt(slot) is var fork && ProblemIn(fork) is { } problem)
        {
            throw new SpecException($"Slot {slot} is of {fork.Name()} by the schedule of {network.Name}: {problem}.");
        }

        return new RootedMessage(this, SigningRoot(network, now));
    }
}
