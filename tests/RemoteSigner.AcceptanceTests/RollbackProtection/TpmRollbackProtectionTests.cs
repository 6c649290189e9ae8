using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.RollbackProtection;

/// <summary>The scenarios with the fence in the TPM that seals the vault.</summary>
public sealed class TpmRollbackProtectionTests : RollbackProtectionScenarios
{
    protected override string[] VaultChange => ["tpm", "provision"];

    protected override string[] RekeyOf(SignerHome home) =>
        ["seal", "rekey", "--release-key", Path.Combine(home.Data, "clients", "release.key")];

    // In place of a slot it gives the vault another root key, and what a file of another root key says of its age is worth nothing.
    protected override string OldVault => "vault_replaced";

    protected override async Task<SignerHome> CreateHomeAsync(params string[] options)
    {
        Assert.SkipUnless(SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "swtpm is not installed");
        return await SignerHome.CreateInTpmAsync("hoodi", 2, ["--no-slot-window", "--client", "vc", .. options]);
    }
}
