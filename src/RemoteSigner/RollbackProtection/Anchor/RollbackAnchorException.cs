using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.RollbackProtection;

/// <summary>The anchor of rollback protection could not do what was asked, or nobody knows whether it did. Carries no secret.</summary>
public sealed class RollbackAnchorException : OperatorException
{
    public RollbackAnchorException(RollbackAnchorFault fault, string message, string hint, Exception? innerException = null)
        : base(message, hint, innerException) => Fault = fault;

    /// <summary>What the device of an anchor says. One that is away may be gone for good, and nobody waits for it then.</summary>
    internal static RollbackAnchorException Of(RollbackAnchorFault fault, string anchor, SealingDeviceException device) =>
        new(
            fault,
            $"{anchor}: {device.Message}",
            fault == RollbackAnchorFault.Unreachable
                ? $"{device.Hint}; where it is gone for good, name another anchor in "
                    + "signer.json (rollbackProtection.anchor), then 'remote-signer rollback-protection clear'"
                : device.Hint,
            device
        );

    /// <summary>The kind of trouble.</summary>
    public RollbackAnchorFault Fault { get; }

    /// <summary>Of an anchor that shows several things at once: the records of all of them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Records { get; init; } = [];

    /// <summary>May it go away by itself, so that trying again makes sense?</summary>
    public bool MayPass => Fault is RollbackAnchorFault.Unreachable or RollbackAnchorFault.RateLimited or RollbackAnchorFault.Contested;
}

/// <summary>What can be wrong with an anchor.</summary>
public enum RollbackAnchorFault
{
    /// <summary>It did not answer, or not in time.</summary>
    Unreachable,

    /// <summary>It has none for this vault.</summary>
    Missing,

    /// <summary>It has one for this vault already.</summary>
    Exists,

    /// <summary>What it answered is not genuine.</summary>
    Tampered,

    /// <summary>What it keeps was not made under this vault's root key.</summary>
    Foreign,

    /// <summary>
    /// It does not show what was to be replaced, or another process changed it at the same moment: this change was not made, or was taken
    /// back.
    /// </summary>
    Contested,

    /// <summary>It shows what another run wrote: this one is not the newest, or not the only one.</summary>
    StartedElsewhere,

    /// <summary>It slows writes down to spare its memory.</summary>
    RateLimited,

    /// <summary>It has no room left.</summary>
    Full,

    /// <summary>It has locked itself after wrong authorisations.</summary>
    LockedOut,

    /// <summary>It refused for another reason; the message has its code.</summary>
    Refused,
}
