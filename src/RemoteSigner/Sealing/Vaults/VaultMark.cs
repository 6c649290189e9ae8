namespace RemoteSigner.Sealing;

/// <summary>What an anchor has room for: which state of which vault it is, said under a key of that vault's root key.</summary>
/// <param name="Generation">Raised by each change.</param>
/// <param name="Code">The first 16 bytes of the header code; empty: not known, as in the records of earlier programs.</param>
public readonly record struct VaultMark(ulong Generation, Guid Code)
{
    /// <summary>Are these two states of one generation?</summary>
    public bool Contradicts(VaultMark other) =>
        Generation == other.Generation && Code != Guid.Empty && other.Code != Guid.Empty && Code != other.Code;
}
