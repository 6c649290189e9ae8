using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What the verbs about certificates must not do to the authority, to what is revoked, and to the signer's stop.</summary>
public sealed class CertificateCareTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string List => Path.Combine(_home.Data, "tls", "crl.pem");

    [Theory]
    [InlineData("ca")]
    [InlineData("CA")]
    [InlineData("release")]
    public async Task No_client_has_a_name_under_which_a_key_of_the_signers_own_lies(string name)
    {
        var key = await File.ReadAllBytesAsync(Path.Combine(_home.Data, "clients", "ca.key"));

        Refusal.IsTold(await _home.RunAsync("tls", "issue", name), "a client cannot be called", "choose another name");

        Assert.Equal(key, await File.ReadAllBytesAsync(Path.Combine(_home.Data, "clients", "ca.key")));
        using var other = SignerHome.Empty(template.Original.Token);
        Refusal.IsTold(await other.InitAsync("hoodi", "--client", name), "a client cannot be called", "choose another name");
    }

    [Fact]
    public async Task Files_of_somebody_else_are_not_replaced()
    {
        var server = await File.ReadAllBytesAsync(Path.Combine(_home.Data, "tls", "server.key"));

        Refusal.IsTold(
            await _home.RunAsync("tls", "issue", "server", "--out", Path.Combine(_home.Data, "tls")),
            "is there already",
            "--out"
        );

        Assert.Equal(server, await File.ReadAllBytesAsync(Path.Combine(_home.Data, "tls", "server.key")));
        Assert.False(
            Directory.Exists(Path.Combine(_home.Data, "tls", "issued"))
                && Directory
                    .EnumerateFiles(Path.Combine(_home.Data, "tls", "issued"))
                    .Any(file => File.ReadAllText(file).Contains("CN=server,", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("issue", "teku")]
    [InlineData("renew", "vc")]
    public async Task What_cannot_be_written_is_not_issued_and_leaves_nothing(string verb, string client)
    {
        var password = _home.Beside("password");
        await File.WriteAllTextAsync(password, "correct horse\n");
        var folder = Directory.CreateDirectory(_home.Beside("folder.p12")).FullName;
        Directory.CreateDirectory(Path.Combine(_home.Beside("out"), $"{client}.key"));
        Directory.CreateDirectory(_home.Beside("frozen"));
        await using var frozen = Environment.IsPrivilegedProcess ? await ReadOnlyMount.OverAsync(_home.Beside("frozen")) : null;
        if (frozen is null)
        {
            File.SetUnixFileMode(_home.Beside("frozen"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var before = Everything();
        Refusal.IsTold(
            await _home.RunAsync("tls", verb, client, "--pkcs12", folder, "--password-file", password),
            $"{folder} is a folder",
            "nothing was issued"
        );
        Refusal.IsTold(
            await _home.RunAsync("tls", verb, client, "--pkcs12", _home.Beside("frozen/x.p12"), "--password-file", password),
            "cannot write",
            "nothing was issued"
        );
        Refusal.IsTold(await _home.RunAsync("tls", verb, client, "--out", _home.Beside("out")), "is a folder", "nothing was issued");
        Refusal.IsTold(await _home.RunAsync("tls", verb, client, "--out", _home.Beside("frozen")), "cannot write", "nothing was issued");
        Refusal.IsTold(
            await _home.RunAsync("tls", verb, client, "--out", _home.Beside("frozen/further")),
            "cannot write",
            "nothing was issued"
        );

        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task A_key_is_not_lost_where_the_running_signer_cannot_read_everything_again()
    {
        (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();
        await using var signer = await _home.StartAsync();
        _home.Configure(options => options["tls"]!["knownClients"] = "nowhere");

        Refusal.IsTold(
            await _home.RunAsync("tls", "issue", "teku"),
            "it was kept, but the running signer could not read everything again",
            "reload"
        );

        using var client = ClientCertificate.Connect(signer, _home.Data, "teku");
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync("/upcheck")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_revocations_at_once_none_is_lost(bool serving)
    {
        string[] names = ["r1", "r2", "r3"];
        foreach (var name in names)
        {
            (await _home.RunAsync("tls", "issue", name)).Succeeded();
        }

        (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();
        await using var signer = serving ? await _home.StartAsync() : null;
        var results = await Task.WhenAll(names.Select(name => _home.RunAsync("tls", "revoke", name)));

        var listed = JsonNode.Parse((await _home.RunAsync("tls", "list", "--json")).Succeeded().Output)!.AsArray();
        foreach (var (name, result) in names.Zip(results))
        {
            Assert.Equal(result.ExitCode == 0, listed.Where(line => (string?)line!["name"] == name).All(line => (bool)line!["revoked"]!));
        }

        Assert.Contains(results, result => result.ExitCode == 0);
        foreach (var (name, result) in names.Zip(results).Where(pair => pair.Second.ExitCode != 0))
        {
            Assert.Contains("hint: ", result.Error, StringComparison.Ordinal);
            (await _home.RunAsync("tls", "revoke", name)).Succeeded();
        }
    }

    [Fact]
    public async Task A_list_that_is_gone_is_not_begun_anew()
    {
        (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();
        File.Move(List, List + ".away");

        Refusal.IsTold(await _home.RunAsync("tls", "revoke", "vc"), "is not there", "put it back");

        Assert.False(File.Exists(List));
    }

    [Fact]
    public async Task A_verb_of_several_files_leaves_an_orderly_stop_one()
    {
        await using (await _home.StartAsync())
        {
            // Started and stopped: from now on the anchor knows where the ledger ends.
        }

        foreach (
            var verb in (string[][])
                [
                    ["tls", "revoke", "admin"],
                    ["tls", "issue", "q1"],
                    ["tls", "renew", "--host", "signer.example"],
                ]
        )
        {
            Assert.DoesNotContain("orderly", (await _home.RunAsync(verb)).Succeeded().Error, StringComparison.Ordinal);
        }

        await using var signer = await _home.StartAsync();
        Assert.DoesNotContain("a copy was put back", signer.Output, StringComparison.Ordinal);
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
    }

    [Fact]
    public async Task Only_clients_are_revoked_and_a_file_that_is_no_certificate_is_in_nobodys_way()
    {
        foreach (var file in new[] { "ca.crt", "server.crt" })
        {
            Refusal.IsTold(await _home.RunAsync("tls", "revoke", Path.Combine(_home.Data, "tls", file)), "not a client certificate");
        }

        await File.WriteAllTextAsync(Path.Combine(_home.Data, "clients", "bad.crt"), "x");

        var revoked = (await _home.RunAsync("tls", "revoke", "admin")).Succeeded();

        Assert.Contains("bad.crt is not a certificate", revoked.Error, StringComparison.Ordinal);
        (await _home.RunAsync("tls", "list")).Succeeded();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*.example.com")]
    [InlineData("https://signer:9000")]
    [InlineData("signer:9000")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("fe80::1%eth0")]
    [InlineData("münchen.example")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example")]
    public async Task What_is_no_host_name_gets_into_no_certificate_and_no_list(string host)
    {
        var before = await File.ReadAllTextAsync(_home.OptionsFile);

        Refusal.IsTold(await _home.RunAsync("tls", "renew", "--host", host), "is no host name or address", "bare name");

        Assert.Equal(before, await File.ReadAllTextAsync(_home.OptionsFile));
        using var other = SignerHome.Empty(template.Original.Token);
        Refusal.IsTold(await other.InitAsync("hoodi", "--host", host), "is no host name or address", "bare name");
    }

    [Fact]
    public async Task A_slip_in_the_configuration_is_told_without_the_rest_of_it()
    {
        await File.WriteAllTextAsync(
            _home.OptionsFile,
            (await File.ReadAllTextAsync(_home.OptionsFile)).Replace(
                "\"allowTls12\": false",
                "\"allowTls12\": fals",
                StringComparison.Ordinal
            )
        );

        var result = await _home.RunAsync("serve");

        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("feeRecipients", result.Error, StringComparison.Ordinal);
        Assert.Contains("it is not JSON", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_not_named_is_told_so_and_so_are_log_and_metrics()
    {
        (await _home.RunAsync("tls", "issue", "teku")).Succeeded();
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "teku");

        foreach (var path in new[] { "/api/v1/eth2/publicKeys", "/api/v1/dv/validators", "/api/v1/eth2/distributed/accounts" })
        {
            var answer = await client.ReadAsync(path);
            Assert.Equal((HttpStatusCode.Forbidden, "client_not_named"), (answer.Status, answer.Reason));
        }

        using var operations = new HttpClient { BaseAddress = signer.Operations };
        Assert.Contains("client_not_named", await operations.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("client_not_named: the client 'teku'", signer.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private IEnumerable<string> Everything() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(_home.Folder, "*", SearchOption.AllDirectories)
                .Where(path => !path.Contains("ledger.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
}
