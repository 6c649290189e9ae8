using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>
/// On whose word the storage root key of a vault's first TPM is taken: its maker's, where that one certified its endorsement key, else
/// nobody's, which is said.
/// </summary>
public sealed class FirstTpmTests : IAsyncLifetime
{
    private readonly SignerHome _home = SignerHome.Empty();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "swtpm is not installed");
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_certified_TPM_proves_its_storage_root_key_and_leads_to_its_makers_root()
    {
        await using var tpm = await SoftwareTpm.StartCertifiedAsync(_home.Beside("tpm"));
        var roots = _home.Beside("roots.pem");
        await File.WriteAllTextAsync(
            roots,
            await File.ReadAllTextAsync(tpm.MakerRoot, TestContext.Current.CancellationToken)
                + await File.ReadAllTextAsync(tpm.MakerIssuer, TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );

        var shown = (await InitAsync(tpm, "--ek-roots", roots)).Succeeded().Error;

        Assert.Contains("proven to live in the TPM whose endorsement key has the certificate", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody compared", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "BELIEVED",
            (await _home.RunAsync("tpm", "provision", "--release-key", Path.Combine(_home.Data, "clients", "release.key")))
                .Succeeded()
                .Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_certificate_of_another_maker_is_refused_and_without_roots_it_is_shown()
    {
        await using var tpm = await SoftwareTpm.StartCertifiedAsync(_home.Beside("tpm"));
        var other = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));

        Refusal.IsTold(await InitAsync(tpm, "--ek-roots", other.Certificate), "leads to none of the roots", "nothing was sealed");
        Assert.False(Directory.Exists(_home.Data));

        Assert.Contains("which nobody compared (--ek-roots does)", (await InitAsync(tpm)).Succeeded().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TPM_without_a_certificate_is_believed_aloud_and_refused_where_roots_were_given()
    {
        await using var tpm = await SoftwareTpm.StartAsync(Directory.CreateDirectory(_home.Beside("tpm")).FullName);
        var other = await OpenSslAuthority.CreateAsync(_home.Beside("authority"));

        Refusal.IsTold(await InitAsync(tpm, "--ek-roots", other.Certificate), "shows no certificate", "--ek-roots");
        Assert.False(Directory.Exists(_home.Data));

        Assert.Contains("BELIEVED as the TPM shows it", (await InitAsync(tpm)).Succeeded().Error, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<CommandResult> InitAsync(SoftwareTpm tpm, params string[] options) =>
        _home.RunAsync(["init", "--network", "hoodi", "--seal", "tpm", "--tpm", tpm.Address, .. options]);
}
