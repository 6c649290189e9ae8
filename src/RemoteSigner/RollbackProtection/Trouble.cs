using RemoteSigner.Sealing;

namespace RemoteSigner.RollbackProtection;

/// <summary>Of what kind a fault is, for those who treat all of a kind alike.</summary>
public static class Trouble
{
    /// <summary>The vault, the device that opens it or the anchor: a change that was begun may be half done.</summary>
    public static bool IsOfVaultOrHardware(Exception fault) => fault is VaultException or SealingDeviceException or RollbackAnchorException;

    /// <summary>The device, its PIN, its profile or the anchor: it is not to be reached from here, whatever the vault holds.</summary>
    public static bool IsOfHardware(Exception fault) =>
        fault is SealingDeviceException or RollbackAnchorException or PinException or HsmProfileException;
}
