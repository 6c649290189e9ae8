using System.Diagnostics;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>A TPM could not do what was asked. Carries no secret and is fit for an operator to read.</summary>
public sealed class SealingTpmException(SealingTpmFault fault, string message, string hint, Exception? innerException = null)
    : SealingDeviceException(message, hint, innerException)
{
    /// <summary>The kind of trouble.</summary>
    public SealingTpmFault Fault { get; } = fault;

    public override bool MayPass =>
        Fault
            is SealingTpmFault.Unreachable
                or SealingTpmFault.Interrupted
                or SealingTpmFault.Restarted
                or SealingTpmFault.Hung
                or SealingTpmFault.LockedOut
                or SealingTpmFault.RateLimited
                or SealingTpmFault.Busy;
}

/// <summary>What is wrong with a TPM, or with what was sealed under it, in the words an operator acts on.</summary>
public enum SealingTpmFault
{
    /// <summary>Nothing is at the address, or it may not be opened.</summary>
    Unreachable,

    /// <summary>The connection ended in the middle of a command, which may have been executed or not.</summary>
    Interrupted,

    /// <summary>The TPM was restarted between two commands and has forgotten the first.</summary>
    Restarted,

    /// <summary>No answer came in time.</summary>
    Hung,

    /// <summary>After too many wrong PINs the TPM takes none for a while, the right one neither.</summary>
    LockedOut,

    /// <summary>The PIN is wrong. It is never sent again until a person gives another.</summary>
    WrongPin,

    /// <summary>The owner hierarchy has an authorization value, and another one or none was given.</summary>
    OwnerRefused,

    /// <summary>The TPM slows writes down to spare its memory.</summary>
    RateLimited,

    /// <summary>Others use the TPM at the same time, or measure into it without a pause.</summary>
    Busy,

    /// <summary>There is no room for another NV index.</summary>
    NvFull,

    /// <summary>The storage root key is another one: another TPM, or this one was cleared.</summary>
    WrongStorageRootKey,

    /// <summary>There is no approval that counts for this vault.</summary>
    NotApproved,

    /// <summary>The PCRs have values that no approval names: another firmware or boot configuration runs.</summary>
    WrongPcrs,

    /// <summary>The approval of what runs was revoked.</summary>
    Revoked,

    /// <summary>The sealed object is not what this TPM made.</summary>
    SealTampered,

    /// <summary>An answer is not genuine: somebody is on the bus, or the device is broken.</summary>
    ResponseTampered,

    /// <summary>The TPM refused for another reason; the code is in the message.</summary>
    Refused,
}

/// <summary>The code of a fault: a member may be renamed, its code not.</summary>
public static class SealingTpmFaultCodes
{
    public static string Code(this SealingTpmFault fault) =>
        fault switch
        {
            SealingTpmFault.Unreachable => "unreachable",
            SealingTpmFault.Interrupted => "interrupted",
            SealingTpmFault.Restarted => "restarted",
            SealingTpmFault.Hung => "hung",
            SealingTpmFault.LockedOut => "locked_out",
            SealingTpmFault.WrongPin => "wrong_pin",
            SealingTpmFault.OwnerRefused => "owner_refused",
            SealingTpmFault.RateLimited => "rate_limited",
            SealingTpmFault.Busy => "busy",
            SealingTpmFault.NvFull => "nv_full",
            SealingTpmFault.WrongStorageRootKey => "wrong_storage_root_key",
            SealingTpmFault.NotApproved => "not_approved",
            SealingTpmFault.WrongPcrs => "wrong_pcrs",
            SealingTpmFault.Revoked => "revoked",
            SealingTpmFault.SealTampered => "seal_tampered",
            SealingTpmFault.ResponseTampered => "response_tampered",
            SealingTpmFault.Refused => "refused",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
