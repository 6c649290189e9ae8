using System.Diagnostics;
using RemoteSigner.Freshness;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host;

/// <summary>From the configuration to the witness of freshness.</summary>
internal static class WitnessAccess
{
    /// <summary>
    /// The witness that signer.json names for this vault; null when the operator chose to have none. Nothing is touched yet.
    /// </summary>
    public static IFreshnessWitness? Open(SignerOptions options, Hardware hardware, Guid vaultId, FenceKeys keys) =>
        Open(options.Witness, hardware, vaultId, keys);

    /// <summary>The witness of this kind.</summary>
    public static IFreshnessWitness? Open(string kind, Hardware hardware, Guid vaultId, FenceKeys keys) =>
        kind switch
        {
            FreshnessOptions.Token => new TokenWitness(hardware.Token, vaultId, keys),
            FreshnessOptions.Tpm => new TpmWitness(hardware.Tpm, vaultId, keys),
            FreshnessOptions.None => null,
            _ => throw new UnreachableException($"no witness is written for {kind}"),
        };
}
