using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>The main job and its enemies with a vault that a TPM opens.</summary>
public sealed class TpmSealTests : TpmScene
{
    [Fact]
    public async Task Signs_and_serves_at_once_after_an_orderly_stop_and_a_restart_of_the_TPM()
    {
        await AssertSignsAsync();
        await Tpm.RestartAsync();

        await AssertSignsAsync();
        Assert.Contains(
            "\"serve\"",
            (await Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output,
            StringComparison.Ordinal
        );
        (await Home.RunAsync("audit", "verify")).Succeeded();
    }

    [Fact]
    public async Task A_disk_that_was_moved_to_another_TPM_does_not_open()
    {
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(Home.Beside("other")).FullName);
        Home.Configure(options => options["tpm"]!["address"] = other.Address);
        await AssertDoesNotOpenAsync("no storage root key");

        (await other.ToolAsync("createprimary", "-C", "o", "-G", "ecc", "-c", "srk.ctx")).Succeeded();
        await other.FlushAsync();
        (await other.ToolAsync("evictcontrol", "-C", "o", "-c", "srk.ctx", "0x81000001")).Succeeded();
        await other.FlushAsync();

        await AssertDoesNotOpenAsync("not the one that this vault was sealed under");
    }

    [Fact]
    public async Task After_a_PCR_has_changed_it_opens_only_with_an_approval_of_the_new_value()
    {
        await ExtendAsync(7);
        await AssertDoesNotOpenAsync("measurements are none that were approved", "sha256:7");

        (await Home.RunAsync("tpm", "approve", "--now", "--release-key", ReleaseKey, "--label", "firmware 2")).Succeeded();

        await AssertSignsAsync();
    }

    [Fact]
    public async Task A_predicted_value_is_approved_elsewhere_before_the_firmware_runs()
    {
        var approval = Home.Beside("firmware-2.approval.json");
        var values = Home.Beside("values");
        await File.WriteAllTextAsync(values, $"sha256:\n  7 : 0x{Extended(new string('0', 64), new string('1', 64))}\n");
        (
            await SignerProcess.RunAsync(
                null,
                "tpm",
                "approve",
                "--request",
                Path.Combine(Home.Data, "tpm", "request.json"),
                "--pcr-values",
                values,
                "--release-key",
                ReleaseKey,
                "--out",
                approval
            )
        ).Succeeded();
        File.Copy(approval, Path.Combine(Home.Data, "tpm", "firmware-2.approval.json"));
        await AssertSignsAsync();

        await ExtendAsync(7);

        await AssertSignsAsync();
    }

    [Fact]
    public async Task After_a_revocation_only_what_runs_opens_the_vault()
    {
        await ExtendAsync(7);
        (await Home.RunAsync("tpm", "approve", "--now", "--release-key", ReleaseKey)).Succeeded();

        (await Home.RunAsync("tpm", "revoke", "--release-key", ReleaseKey)).Succeeded();

        await AssertSignsAsync();
        await Tpm.RestartAsync();
        await AssertDoesNotOpenAsync("measurements are none that were approved");
        var status = (await Home.RunAsync("tpm", "status", "--json")).Succeeded().Output;
        Assert.Contains("for what it was sealed in before", status, StringComparison.Ordinal);
        Assert.Contains("\"other PCRs\"", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revocation_that_was_interrupted_leaves_no_approval_alive()
    {
        (await Tpm.ToolAsync("changeauth", "-c", "o", "secret")).Succeeded();
        Assert.Equal(1, (await Home.RunAsync("tpm", "revoke", "--release-key", ReleaseKey)).ExitCode);
        await ExtendAsync(7);
        (await Home.RunAsync("tpm", "approve", "--now", "--release-key", ReleaseKey)).Succeeded();
        await File.WriteAllTextAsync(Home.Beside("owner"), "secret");
        File.SetUnixFileMode(Home.Beside("owner"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        (await Home.RunAsync("tpm", "revoke", "--release-key", ReleaseKey, "--owner-auth-file", Home.Beside("owner"))).Succeeded();

        await AssertSignsAsync();
        await Tpm.RestartAsync();
        await AssertDoesNotOpenAsync("measurements are none that were approved");
    }

    [Fact]
    public async Task A_request_that_was_tampered_with_is_not_approved()
    {
        var request = Path.Combine(Home.Data, "tpm", "request.json");
        var text = await File.ReadAllTextAsync(request);
        await File.WriteAllTextAsync(
            request,
            System.Text.RegularExpressions.Regex.Replace(text, "\"revocationCount\": \\d+", "\"revocationCount\": 18446744073709551615")
        );

        Refusal.IsTold(
            await SignerProcess.RunAsync(
                null,
                "tpm",
                "approve",
                "--request",
                request,
                "--pcr-digest",
                new string('a', 64),
                "--release-key",
                ReleaseKey,
                "--out",
                Home.Beside("a.approval.json")
            ),
            "which no counter does",
            "tampered"
        );
        var here = (await Home.RunAsync("tpm", "approve", "--now", "--release-key", ReleaseKey, "--json")).Succeeded().Output;

        Assert.False(File.Exists(Home.Beside("a.approval.json")));
        Assert.DoesNotContain("18446744073709551615", here, StringComparison.Ordinal);
        (await Home.RunAsync("tpm", "revoke", "--release-key", ReleaseKey)).Succeeded();
        await AssertSignsAsync();
    }

    [Fact]
    public async Task An_approval_by_another_key_does_not_count()
    {
        (
            await CommandResult.OfAsync(
                "openssl",
                ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", Home.Beside("other.key")]
            )
        ).Succeeded();
        await ExtendAsync(7);

        var refused = await Home.RunAsync("tpm", "approve", "--now", "--release-key", Home.Beside("other.key"));

        Refusal.IsTold(refused, "is not the one that the vault was sealed for", "give the right key");
        await AssertDoesNotOpenAsync("measurements are none that were approved");
    }

    [Fact]
    public async Task A_signer_that_waits_for_its_TPM_opens_the_vault_when_it_is_there()
    {
        await Tpm.KillAsync();
        await using var signer = SignerProcess.Launch(Home.Data, Home.Token);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await signer.HealthWhenAsync(health => health.Text.Contains("cannot be reached", StringComparison.Ordinal))).Status
        );

        await Tpm.StartAsync();

        await signer.WaitUntilReadyAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(Home.Keys[0], Chain.VoteJson())).Status);
    }

    [Fact]
    public async Task Keys_that_are_open_sign_on_without_the_TPM_as_far_as_the_fence_allows()
    {
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(Home.Keys[0], Chain.VoteJson())).Status);

        await Tpm.KillAsync();

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(Home.Keys[1], Chain.VoteJson())).Status);
        await Tpm.StartAsync();
    }

    [Fact]
    public async Task A_PIN_is_wanted_where_one_was_given()
    {
        Assert.True(File.Exists(Home.OptionsFile));
        var pin = Home.Beside("tpm-pin");
        await File.WriteAllTextAsync(pin, "4711\n");
        Home.Configure(options => options["tpm"]!["pin"] = new System.Text.Json.Nodes.JsonObject { ["file"] = pin });
        (await Home.RunAsync("tpm", "provision", "--with-pin")).Succeeded();
        await AssertSignsAsync();

        await File.WriteAllTextAsync(pin, "4712\n");

        await AssertDoesNotOpenAsync("refused the PIN");
        Home.Configure(options => options["tpm"]!.AsObject().Remove("pin"));
        Refusal.IsTold(await Home.RunAsync("rollback-protection", "status"), "no source of the PIN of the TPM is configured", "tpm.pin");
        Home.Configure(options => options["tpm"]!["pin"] = new System.Text.Json.Nodes.JsonObject { ["file"] = pin });
        Assert.Contains("\"failures\": 1,", (await Home.RunAsync("tpm", "status", "--json")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PIN_is_changed_in_one_step_and_none_is_left_out_by_a_slip()
    {
        var pin = Home.Beside("tpm-pin");
        await File.WriteAllTextAsync(pin, "4711\n");
        await File.WriteAllTextAsync(Home.Beside("new-pin"), "4712\n");
        Home.Configure(options => options["tpm"]!["pin"] = new System.Text.Json.Nodes.JsonObject { ["file"] = pin });
        (await Home.RunAsync("tpm", "provision", "--with-pin")).Succeeded();
        Refusal.IsTold(await Home.RunAsync("tpm", "provision"), "nothing was said of one for the new slot", "--with-pin");

        (await Home.RunAsync("tpm", "provision", "--new-pin-file", Home.Beside("new-pin"))).Succeeded();

        await AssertDoesNotOpenAsync("refused the PIN");
        await File.WriteAllTextAsync(pin, "4712\n");
        await AssertSignsAsync();
    }

    [Fact]
    public async Task A_vault_that_was_made_with_the_public_half_opens_once_somebody_has_approved()
    {
        (
            await CommandResult.OfAsync(
                "openssl",
                ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", Home.Beside("own.key")]
            )
        ).Succeeded();
        (
            await CommandResult.OfAsync("openssl", ["pkey", "-in", Home.Beside("own.key"), "-pubout", "-out", Home.Beside("own.pub")])
        ).Succeeded();
        (await Home.RunAsync("tpm", "provision", "--release-key", Home.Beside("own.pub"))).Succeeded();
        await AssertDoesNotOpenAsync("no approval");

        (await Home.RunAsync("tpm", "approve", "--now", "--release-key", Home.Beside("own.key"))).Succeeded();

        await AssertSignsAsync();
    }

    [Fact]
    public async Task Without_a_TPM_nothing_is_made()
    {
        var data = Home.Beside("new");

        Refusal.IsTold(
            await SignerProcess.RunAsync(
                null,
                "init",
                "--data",
                data,
                "--network",
                "hoodi",
                "--seal",
                "tpm",
                "--tpm",
                $"swtpm:path={Home.Beside("none")}"
            ),
            "cannot be reached",
            "group tss"
        );
        Refusal.IsTold(
            await SignerProcess.RunAsync(null, "init", "--data", data, "--network", "hoodi", "--seal", "tpm", "--tpm", "/dev/tpmrm0"),
            "names no TPM",
            "correct the options"
        );
        Refusal.IsTold(
            await SignerProcess.RunAsync(
                null,
                "init",
                "--data",
                data,
                "--network",
                "hoodi",
                "--seal",
                "tpm",
                "--tpm",
                Tpm.Address,
                "--rollback-protection",
                "token"
            ),
            "needs a token",
            "correct the options"
        );

        Assert.False(Directory.Exists(data));
    }

    private static string Extended(string value, string digest) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData([.. Convert.FromHexString(value), .. Convert.FromHexString(digest)])
        );
}
