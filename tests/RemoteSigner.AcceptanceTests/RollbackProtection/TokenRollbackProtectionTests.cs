using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.RollbackProtection;

/// <summary>The scenarios with the fence in the PKCS#11 token that seals the vault.</summary>
public sealed class TokenRollbackProtectionTests : RollbackProtectionScenarios
{
    protected override async Task<SignerHome> CreateHomeAsync(params string[] options)
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        return await SignerHome.CreateAsync("hoodi", 2, ["--no-slot-window", "--client", "vc", .. options]);
    }
}
