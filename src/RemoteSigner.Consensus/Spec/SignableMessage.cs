namespace RemoteSigner.Consensus.Spec;

/// <summary>A duty that a validator may be asked to sign, with everything its signing root is computed from. The root is never taken from outside.</summary>
public abstract record SignableMessage
{
    /// <summary>The duty's Web3Signer type.</summary>
    public abstract DutyType Type { get; }

    /// <summary>What slashing protection has to remember of this message.</summary>
    public abstract SlashableContent Slashable { get; }

    /// <summary>The chain the message is for; null for messages whose domain has no genesis validators root (deposits, builder registrations).</summary>
    public abstract Root? GenesisValidatorsRoot { get; }

    /// <summary><c>hash_tree_root(SigningData(hash_tree_root(message), domain))</c>, 32 bytes (consensus-specs <c>compute_signing_root</c>).</summary>
    /// <exception cref="SpecException">The network has no such type at that slot.</exception>
    public abstract Root SigningRoot(Network network);
}
