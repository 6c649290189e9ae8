using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>A vault could not be opened or changed; nothing was opened or changed. Carries no secret.</summary>
public sealed class VaultException : OperatorException
{
    public VaultException(VaultFault fault, string message, string hint, Exception? innerException = null)
        : base(message, hint, innerException) => Fault = fault;

    /// <summary>The kind of trouble.</summary>
    public VaultFault Fault { get; }
}

/// <summary>What can be wrong with a vault.</summary>
public enum VaultFault
{
    /// <summary>There is no file.</summary>
    Missing,

    /// <summary>There is one already.</summary>
    Exists,

    /// <summary>The file system does not give the file.</summary>
    Unreadable,

    /// <summary>The file system does not take the new file (full, read-only, forbidden); the old one is untouched.</summary>
    Unwritable,

    /// <summary>The file begins with other bytes.</summary>
    NotAVault,

    /// <summary>Written by a later program.</summary>
    UnsupportedVersion,

    /// <summary>The file ends too early.</summary>
    Truncated,

    /// <summary>A length, count or type in it is not lawful.</summary>
    Malformed,

    /// <summary>Slots, generation or record hash were changed.</summary>
    MacMismatch,

    /// <summary>The records were changed.</summary>
    RecordsMismatch,

    /// <summary>No slot belongs to the key that was given.</summary>
    NoSlotOpens,

    /// <summary>The key has the slot's id but did not make what is in it.</summary>
    WrongKey,

    /// <summary>The sealed operator key does not open in this vault.</summary>
    WrongOperatorKey,

    /// <summary>A record opened to something that is not the secret of its public key.</summary>
    WrongShare,

    /// <summary>Another process is changing the vault.</summary>
    Busy,

    /// <summary>Another process has changed the vault since it was opened.</summary>
    Changed,

    /// <summary>The share is in the vault already, or twice in one batch.</summary>
    Duplicate,

    /// <summary>No such share or slot.</summary>
    Unknown,

    /// <summary>The last slot that the signer itself can open must stay.</summary>
    LastSlot,

    /// <summary>Another root key cannot be wrapped for a slot: its device is not here.</summary>
    OutOfReach,

    /// <summary>More shares, slots or text than the format holds.</summary>
    TooMany,
}
