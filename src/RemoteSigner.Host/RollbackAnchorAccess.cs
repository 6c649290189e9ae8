using System.Diagnostics;
using RemoteSigner.Host.Configuration;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host;

/// <summary>From the configuration to the anchor of rollback protection.</summary>
internal static class RollbackAnchorAccess
{
    /// <summary>
    /// The anchor that signer.json names for this vault; null when the operator chose to have none. Nothing is touched yet.
    /// </summary>
    public static IRollbackAnchor? Open(SignerOptions options, Hardware hardware, Guid vaultId, FenceKeys keys) =>
        Open(options.Anchor, hardware, vaultId, keys);

    /// <summary>The anchor of this kind.</summary>
    public static IRollbackAnchor? Open(string kind, Hardware hardware, Guid vaultId, FenceKeys keys) =>
        kind switch
        {
            RollbackProtectionOptions.Token => new TokenAnchor(hardware.Token, vaultId, keys),
            RollbackProtectionOptions.Tpm => new TpmAnchor(hardware.Tpm, vaultId, keys),
            RollbackProtectionOptions.None => null,
            _ => throw new UnreachableException($"no anchor is written for {kind}"),
        };
}
