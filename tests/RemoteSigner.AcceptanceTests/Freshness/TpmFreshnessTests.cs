using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Freshness;

/// <summary>The scenarios with the fence in the TPM that seals the vault.</summary>
public sealed class TpmFreshnessTests : FreshnessScenarios
{
    protected override string[] VaultChange => ["tpm", "provision"];

    protected override async Task<SignerHome> CreateHomeAsync(params string[] options)
    {
        Assert.SkipUnless(SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "swtpm is not installed");
        return await SignerHome.CreateInTpmAsync("hoodi", 2, ["--no-slot-window", "--client", "vc", .. options]);
    }
}
