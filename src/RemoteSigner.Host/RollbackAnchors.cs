using System.Diagnostics;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>From the configuration to the anchor of rollback protection, and from one root key's to the next one's.</summary>
internal sealed class RollbackAnchors(SignerOptions options, Hardware hardware, SlashingProtection slashing, AuditLog audit)
{
    /// <summary>
    /// The anchor that signer.json names for this vault; null when the operator chose to have none. Nothing is touched yet.
    /// </summary>
    public IRollbackAnchor? Open(Guid vaultId, FenceKeys keys) => Open(options.Anchor, hardware, vaultId, keys);

    /// <summary>The anchor of this kind.</summary>
    public static IRollbackAnchor? Open(string kind, Hardware hardware, Guid vaultId, FenceKeys keys) =>
        kind switch
        {
            RollbackProtectionOptions.Token => new TokenAnchor(hardware.Token, vaultId, keys),
            RollbackProtectionOptions.Tpm => new TpmAnchor(hardware.Tpm, vaultId, keys),
            RollbackProtectionOptions.None => null,
            _ => throw new UnreachableException($"no anchor is written for {kind}"),
        };

    /// <summary>The fence of this vault, from the place of one root key to that of the next; signer.json names an anchor.</summary>
    public FenceSuccession SuccessionOf(Vault vault, FenceKeys former, FenceKeys next) =>
        new(PlaceOf(vault, former), PlaceOf(vault, next), slashing, StartLog.Succession(audit));

    private RollbackAnchorPlace PlaceOf(Vault vault, FenceKeys keys) => new(Open(vault.Contents.VaultId, keys)!, keys);
}
