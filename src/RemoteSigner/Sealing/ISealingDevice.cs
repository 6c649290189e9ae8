using System.Diagnostics;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// The hardware that opens a vault: a PKCS#11 token or a TPM 2.0. Nothing is sent to it before the first call; it recovers by itself from a
/// loss, and keeps its PIN in secret memory until it is disposed.
/// </summary>
public interface ISealingDevice : IDisposable
{
    /// <summary>What it is and where, for people: <c>token 'remote-signer'</c>, <c>TPM device:/dev/tpmrm0</c>.</summary>
    string Description { get; }

    DeviceCondition Condition { get; }

    /// <summary>The latest trouble in words; it stays after recovery.</summary>
    string? LastError { get; }

    /// <summary>The key of the first of a vault's slots that this device opens; null when there is none.</summary>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task<IKeyEncryptionKey?> FindKeyAsync(IReadOnlyList<VaultSlot> slots, CancellationToken cancellation = default);

    /// <summary>Takes over another PIN after one was refused. The refused one given again stays refused and is not sent.</summary>
    void GivePin(SecretBytes pin);
}

/// <summary>The verdict on a sealing device.</summary>
public enum DeviceCondition
{
    /// <summary>The latest operation succeeded.</summary>
    Ready,

    /// <summary>The latest operation failed; the next one tries to recover.</summary>
    Failing,

    /// <summary>Too many failed; no call is made until the pause is over.</summary>
    Resting,

    /// <summary>The PIN was refused; nothing is tried until a person gives another.</summary>
    PinRefused,
}

/// <summary>The code of a condition, in health: a member may be renamed, its code not.</summary>
public static class DeviceConditionCodes
{
    public static string Code(this DeviceCondition condition) =>
        condition switch
        {
            DeviceCondition.Ready => "ready",
            DeviceCondition.Failing => "failing",
            DeviceCondition.Resting => "resting",
            DeviceCondition.PinRefused => "pin_refused",
            _ => throw new UnreachableException($"the condition {condition} has no code"),
        };
}
