using System.Net;
using System.Security.Cryptography;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Seals;

/// <summary>
/// Another vault in the place of the one that ledger and anchor know: with a root key of somebody else's choice, or an old copy. No verb
/// that changes anything takes it, and nothing is sealed into it; neither does the signer that serves.
/// </summary>
public sealed class PutBackVaultTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task A_vault_with_another_root_key_is_not_taken(string verb)
    {
        var line = await PrepareAsync(verb);
        await FakeVault.PutAsync(_home);

        await RefusesAsync(line, "has another root key than the ledger remembers");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task An_old_copy_of_the_vault_is_not_taken(string verb)
    {
        var line = await PrepareAsync(verb);
        _home.BackUp("before");
        (await _home.RunAsync("seal", "enrol", "--recovery", await RecoveryAsync("later"))).Succeeded();
        _home.PutBack("before", "vault");

        await RefusesAsync(line, "an old copy of the vault was put back");
    }

    /// <summary>Two vaults of one root key and one generation: the number does not tell them apart.</summary>
    [Theory]
    [MemberData(nameof(VerbsWithoutAnchor))]
    public async Task Another_vault_of_the_same_generation_is_not_taken(string verb)
    {
        var line = await PrepareAsync(verb);
        (await _home.RunAsync("rollback-protection", "leave", "--accept-risk")).Succeeded();
        _home.Configure(options => options["rollbackProtection"]!["anchor"] = "none");
        var twin = _home.CopyBeside("twin");
        (await _home.RunAsync("seal", "enrol", "--recovery", await RecoveryAsync("here"))).Succeeded();
        (
            await SignerProcess.RunAsync(_home.Token, "seal", "enrol", "--recovery", await RecoveryAsync("there"), "--data", twin)
        ).Succeeded();
        File.Copy(Path.Combine(twin, "vault"), _home.VaultFile, overwrite: true);

        await RefusesAsync(line, "it is not what the ledger remembers of generation 3");
    }

    /// <summary>Who really restores a backup has a road: he reads what is risked, and it is in the log.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_takes_an_old_copy_that_is_all_there_is(bool hasAnchor)
    {
        var import = await PrepareAsync("keys import --keystores NEW --never-signed");
        if (!hasAnchor)
        {
            (await _home.RunAsync("rollback-protection", "leave", "--accept-risk")).Succeeded();
            _home.Configure(options => options["rollbackProtection"]!["anchor"] = "none");
        }

        _home.BackUp("before");
        (await _home.RunAsync("seal", "enrol", "--recovery", await RecoveryAsync("later"))).Succeeded();
        _home.PutBack("before", "vault");

        var shown = await _home.RunAsync("rollback-protection", "clear");
        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("slots that were taken away open it again", shown.Error, StringComparison.Ordinal);
        await RefusesAsync(import, "an old copy of the vault was put back");
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        (await _home.RunAsync(import)).Succeeded();
        (await _home.RunAsync("audit", "export", _home.Beside("log"))).Succeeded();
        Assert.Contains(
            "VaultRolledBack was cleared",
            await File.ReadAllTextAsync(_home.Beside("log"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    /// <summary>The vault was put back from before a rekey; the operator's key followed that, and opens no more.</summary>
    [Fact]
    public async Task An_operator_key_that_does_not_open_keeps_no_share_shut_and_is_imported_in_its_place()
    {
        string[] import = ["operator", "import", "--key", await OperatorAsync()];
        (await _home.RunAsync(import)).Succeeded();
        _home.BackUp("before");
        (await _home.RunAsync("seal", "rekey")).Succeeded();
        _home.PutBack("before", "vault");
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        await using (var signer = await _home.StartAsync())
        {
            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            var report = await signer.HealthWhenAsync(health => health.Text.Contains("operator import", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, report.Status);
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
            await signer.StopAsync();
        }

        await RefusesAsync(["seal", "rekey"], "does not open in this vault", "operator import --key FILE");
        Assert.Contains(
            "did not open in this vault: this one took its place",
            (await _home.RunAsync(import)).Succeeded().Error,
            StringComparison.Ordinal
        );
        Refusal.IsTold(await _home.RunAsync(import), "there is an operator key", "move the file away");
        (await _home.RunAsync("seal", "rekey")).Succeeded();
        (await _home.RunAsync("audit", "export", _home.Beside("log"))).Succeeded();
        Assert.Contains(
            "in the place of one that did not open in this vault",
            await File.ReadAllTextAsync(_home.Beside("log"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    /// <summary>Who may write the ledger, too, has yet the anchor against him.</summary>
    [Theory]
    [InlineData("UPDATE note SET value = x'ANCHOR' WHERE name = 'vault'")]
    [InlineData("DELETE FROM note WHERE name = 'vault'")]
    [InlineData(
        "DELETE FROM note WHERE name = 'vault'; UPDATE rollback_protection SET vault = "
            + "NULL, anchor = NULL, start = NULL, vault_generation = NULL"
    )]
    public async Task A_vault_with_another_root_key_and_a_ledger_that_was_made_to_fit_are_not_taken(string edit)
    {
        var import = await PrepareAsync("keys import --keystores NEW --never-signed");
        var anchor = await FakeVault.PutAsync(_home);
        (
            await CommandResult.OfAsync(
                "sqlite3",
                [_home.LedgerFile, edit.Replace("ANCHOR", Convert.ToHexStringLower(anchor), StringComparison.Ordinal)]
            )
        ).Succeeded();

        await RefusesAsync(import, "was not written under this vault's root key");
    }

    [Fact]
    public async Task A_ledger_that_forgot_its_anchor_is_not_taken()
    {
        var import = await PrepareAsync("keys import --keystores NEW --never-signed");
        (
            await CommandResult.OfAsync(
                "sqlite3",
                [_home.LedgerFile, "UPDATE rollback_protection SET vault = NULL, anchor = NULL, start = NULL, vault_generation = NULL"]
            )
        ).Succeeded();

        await RefusesAsync(import, "the ledger has never seen one");
    }

    [Fact]
    public async Task An_anchor_that_was_switched_off_in_the_settings_alone_is_missed()
    {
        var import = await PrepareAsync("keys import --keystores NEW --never-signed");
        _home.Configure(options => options["rollbackProtection"]!["anchor"] = "none");

        await RefusesAsync(import, "signer.json says rollbackProtection.anchor none");
    }

    /// <summary>A drill with a backup, against the token in use.</summary>
    [Fact]
    public async Task A_recovery_on_a_copy_from_before_another_root_key_leaves_the_present_fence_alone()
    {
        await _home.AddRecoverySlotAsync();
        var drill = _home.CopyBeside("drill");
        (await _home.RunAsync("seal", "rekey")).Succeeded();

        Refusal.IsTold(
            await SignerProcess.RunAsync(_home.Token, "seal", "recover", "--key", _home.RecoveryKey, "--data", drill),
            "under another root key",
            "rollback-protection clear"
        );

        Assert.Contains(
            "\"serve\"",
            (await _home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output,
            StringComparison.Ordinal
        );
    }

    /// <summary>Of a recovery slot that was taken away, on a copy from before, two root keys ago.</summary>
    [Fact]
    public async Task A_recovery_key_that_was_taken_away_makes_no_fence_beside_the_present_one()
    {
        await _home.AddRecoverySlotAsync();
        var old = _home.CopyBeside("old");
        (await _home.RunAsync("seal", "rekey")).Succeeded();
        (await _home.RunAsync("seal", "rekey")).Succeeded();

        Refusal.IsTold(
            await SignerProcess.RunAsync(_home.Token, "seal", "recover", "--key", _home.RecoveryKey, "--data", old),
            "under another root key",
            "rollback-protection clear"
        );
    }

    /// <summary>
    /// Where no anchor goes along nobody can tell which of the two is old: both risks are shown, and the ledger stands on a low watermark.
    /// </summary>
    [Fact]
    public async Task Without_an_anchor_a_ledger_that_is_older_than_its_vault_is_taken_with_a_low_watermark_alone()
    {
        (await _home.RunAsync("rollback-protection", "leave", "--accept-risk")).Succeeded();
        _home.Configure(options => options["rollbackProtection"]!["anchor"] = "none");
        _home.BackUp("before");
        (await _home.RunAsync("seal", "enrol", "--recovery", await RecoveryAsync("later"))).Succeeded();
        _home.PutBack("before", "ledger");

        var shown = await _home.RunAsync("rollback-protection", "clear");
        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("SLASHED", shown.Error, StringComparison.Ordinal);
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        var answer = await client.SignAsync(_home.Keys[0], Chain.VoteJson());
        Assert.Equal((HttpStatusCode.PreconditionFailed, "below_global_low_watermark"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task The_signer_that_serves_takes_neither()
    {
        var keystores = KeystoreWriter.WriteNew(_home.Beside("new"), 1, SignerHome.Password);
        _home.BackUp("before");
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        (await _home.RunAsync("seal", "rotate")).Succeeded();
        _home.BackUp("genuine");
        string[] import = ["keys", "import", "--keystores", _home.Beside("new"), "--never-signed"];
        foreach (
            var put in new Func<Task>[]
            {
                () => FakeVault.PutAsync(_home, generation: 1UL << 62),
                () => Done(() => _home.PutBack("before", "vault")),
            }
        )
        {
            await put();
            var found = await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken);

            Assert.Equal(1, (await _home.RunAsync(import)).ExitCode);
            Assert.Equal(1, (await _home.RunAsync("seal", "rotate")).ExitCode);
            Assert.Equal(1, (await _home.RunAsync("keys", "delete", _home.Keys[1].ToString())).ExitCode);
            Assert.NotEqual("completed", await ReloadAsync(signer));

            Assert.Equal(found, await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
            File.Copy(Path.Combine(_home.Beside("genuine"), "vault"), _home.VaultFile, overwrite: true);
        }

        Assert.Equal("completed", await ReloadAsync(signer));
        (await _home.RunAsync(import)).Succeeded();
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(keystores[0], Chain.VoteJson())).Status);
    }

    [Fact]
    public async Task A_start_on_a_vault_with_another_root_key_signs_nothing_and_says_why()
    {
        await FakeVault.PutAsync(_home);

        await using var signer = SignerProcess.Launch(_home.Data, _home.Token);

        await signer.HealthWhenAsync(report =>
            report.Text.Contains("vault_replaced", StringComparison.Ordinal)
            && report.Text.Contains("has another root key", StringComparison.Ordinal)
        );
        Assert.Equal(1, (await _home.RunAsync("seal", "rotate")).ExitCode);
    }

    public static TheoryData<string> VerbsWithoutAnchor =>
        [
            "keys import --keystores NEW --never-signed",
            "keys delete KEY",
            "cluster import --lock LOCK --node NODE --never-signed",
            "operator import --key OPERATOR",
            "seal enrol",
            "seal enrol --recovery RECOVERY",
            "seal rotate",
            "seal remove 00",
        ];

    public static TheoryData<string> Verbs => [.. VerbsWithoutAnchor.Select(row => row.Data), "rollback-protection enrol --anchor-on-host"];

    public void Dispose() => _home.Dispose();

    private async Task<string[]> PrepareAsync(string verb)
    {
        KeystoreWriter.WriteNew(_home.Beside("new"), 1, SignerHome.Password);
        var words = new Dictionary<string, string>
        {
            ["NEW"] = _home.Beside("new"),
            ["KEY"] = _home.Keys[0].ToString(),
            ["LOCK"] = Vectors.Path("clusters-charon/create/cluster-lock.json"),
            ["NODE"] = Vectors.Path("clusters-charon/create/node0"),
            ["OPERATOR"] = await OperatorAsync(),
            ["RECOVERY"] = await RecoveryAsync("recovery"),
        };
        return [.. verb.Split(' ').Select(word => words.GetValueOrDefault(word, word))];
    }

    private async Task RefusesAsync(string[] verb, string reason, string hint = "")
    {
        var found = await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken);

        Refusal.IsTold(await _home.RunAsync(verb), reason, hint);

        Assert.Equal(found, await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken));
    }

    private async Task<string> OperatorAsync()
    {
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(_home.Beside("operator"), key.ExportRSAPrivateKeyPem(), TestContext.Current.CancellationToken);
        return _home.Beside("operator");
    }

    private async Task<string> RecoveryAsync(string name)
    {
        using var key = RSA.Create(3072);
        await File.WriteAllTextAsync(_home.Beside(name), key.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        return _home.Beside(name);
    }

    private static async Task<string> ReloadAsync(SignerProcess signer)
    {
        (await CommandResult.OfAsync("kill", ["-HUP", $"{signer.Id}"])).Succeeded();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        return (await signer.EndOfReloadAsync()).Json.GetProperty("status").GetString()!;
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
