using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Clusters;

/// <summary>
/// W13: a ceremony of Charon's that reads keystores. They leave by two hands, into memory, and this signer signs nothing with them
/// meanwhile.
/// </summary>
public sealed class KeyExportTests(SignerTemplate template) : IDisposable
{
    private const string Cluster = "clusters-charon/create";

    private readonly SignerHome _home = template.Copy();
    private readonly string _memory = Directory.CreateDirectory($"/dev/shm/key-export-{Guid.NewGuid():N}").FullName;

    private string Folder => Path.Combine(_memory, "ceremony");

    private string RecoveryFile => Path.Combine(_memory, "recovery.pem");

    // A person's own, not the one that the signer finds by itself.
    private string PinFile => Path.Combine(_memory, "pin");

    public void Dispose()
    {
        _home.Dispose();
        Directory.Delete(_memory, recursive: true);
    }

    [Fact]
    public async Task It_is_off_and_takes_the_pin_and_this_vaults_recovery_key()
    {
        await PrepareAsync();
        Refusal.IsTold(await ExportAsync(), "signer.json does not let keys leave", "ceremonies.exportKeys");
        Allow();
        var wrong = Path.Combine(_memory, "wrong");
        await File.WriteAllTextAsync(wrong, "9999", TestContext.Current.CancellationToken);
        Refusal.IsTold(
            await ExportAsync("--pin-file", template.Original.Token.PinFile),
            "where the signer itself finds its PIN",
            "--pin-file"
        );
        Refusal.IsTold(await ExportAsync("--recovery-key", Path.Combine(_memory, "recovery.pub")), "public half", "PEM");

        // Whatever else stands against it is told before the PIN is sent, which counts as a try.
        Refusal.IsTold(await ExportAsync("--pin-file", wrong, "--out", _home.Beside("disk")), "is not on a memory file system", "ramfs");
        Refusal.IsTold(await ExportAsync("--pin-file", wrong, "--reason", " "), "a reason has", "--reason");
        Refusal.IsTold(await ExportAsync("--pin-file", wrong), "PIN");
        using (var other = RSA.Create(3072))
        {
            await File.WriteAllTextAsync(wrong, other.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        }

        Refusal.IsTold(await ExportAsync("--recovery-key", wrong), "no slot of the vault", "seal status");
        Refusal.IsTold(await ExportAsync("--out", _home.Beside("disk")), "is not on a memory file system", "ramfs");

        Assert.False(Path.Exists(Folder));
        Assert.Equal(["active", "active"], await StatesAsync());
        var log = await AuditLines.ReadAsync(_home.LedgerFile);
        Assert.Contains(log, line =>
            line.Contains("\"key.export\"", StringComparison.Ordinal) && line.Contains("recovery_key_refused", StringComparison.Ordinal)
        );
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    [Fact]
    public async Task The_shares_sign_nothing_until_the_export_is_void_and_a_second_signer_reads_what_was_written()
    {
        await PrepareAsync();
        Allow();

        (await ExportAsync()).Succeeded();

        await using (var signer = await _home.StartAsync())
        {
            Assert.Equal(HttpStatusCode.NotFound, await VoteAsync(signer));
            var again = await _home.RunAsync(Import("create"));
            Refusal.IsTold(again, "exported");
            Assert.Contains("void-export", again.Error, StringComparison.Ordinal);
            Refusal.IsTold(await _home.RunAsync("cluster", "revert", Hash), "exported for a ceremony", "void-export");
            Assert.Contains(Folder, (await _home.RunAsync("cluster", "list")).Succeeded().Error, StringComparison.Ordinal);
            Refusal.IsTold(await VoidAsync(), "still in", "rm -r");
            Assert.Equal(HttpStatusCode.NotFound, await VoteAsync(signer));
        }

        // What left is what Charon reads: the very same shares, by the lock.
        using (var other = template.Copy())
        {
            File.Copy(
                Path.Combine(Vectors.Path(Cluster), "node0", "charon-enr-private-key"),
                Path.Combine(Folder, "charon-enr-private-key")
            );
            (
                await other.RunAsync(
                    "cluster",
                    "import",
                    "--lock",
                    Vectors.Path($"{Cluster}/cluster-lock.json"),
                    "--node",
                    Folder,
                    "--never-signed"
                )
            ).Succeeded();
        }

        Directory.Delete(Folder, recursive: true);
        await using (var signer = await _home.StartAsync())
        {
            Assert.Contains("2 shares", (await VoidAsync()).Succeeded().Error, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer));
            Refusal.IsTold(await VoidAsync(), "no share of this cluster is out for a ceremony");
        }

        Assert.Contains(await AuditLines.ReadAsync(_home.LedgerFile), line =>
            line.Contains("\"key.export.void\"", StringComparison.Ordinal)
            && line.Contains("no ceremony after all", StringComparison.Ordinal)
        );
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>The ceremony's document ends it, while serving: with other shares, and without a word about their past.</summary>
    [Fact]
    public async Task The_document_of_the_ceremony_ends_it()
    {
        await PrepareAsync();
        Allow();
        (await ExportAsync()).Succeeded();
        await using var signer = await _home.StartAsync();

        var latter = JsonNode.Parse(
            (await _home.RunAsync([.. Import("recreate-private-keys"), "--replace", "--json"])).Succeeded().Output
        )!;

        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync((string)latter["shares"]![0]!["publicShare"]!, Chain.VoteJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, await VoteAsync(signer));
        Refusal.IsTold(await _home.RunAsync("cluster", "revert", Hash), "exported for a ceremony", "void-export");
        Assert.Contains("gave up 2", (await _home.RunAsync("cluster", "commit", Hash)).Succeeded().Error, StringComparison.Ordinal);
        Assert.Equal(["active", "active"], await StatesAsync());
        Assert.Equal(HttpStatusCode.NotFound, await VoteAsync(signer));
    }

    /// <summary>What a copy from before says of the shares is not the newest word, before the signer has run again, too.</summary>
    [Theory]
    [InlineData("ledger", "LedgerRolledBack", "an old copy of the ledger was put back")]
    [InlineData("", "VaultRolledBack", "an old copy of the vault was put back")]
    public async Task Copies_from_before_the_export_sign_nothing(string put, string reason, string words)
    {
        await PrepareAsync();
        Allow();
        await using (await _home.StartAsync())
        {
            // An orderly stop.
        }

        _home.BackUp("before");
        (await ExportAsync()).Succeeded();
        _home.PutBack("before", put);

        Assert.Equal(
            reason,
            (string)JsonNode.Parse((await _home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output)!["code"]!
        );
        await using var signer = SignerProcess.Launch(_home.Data, _home.Token);
        await signer.HealthWhenAsync(report => report.Text.Contains(words, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await VoteAsync(signer));
    }

    private static string[] Import(string name) =>
        [
            "cluster",
            "import",
            "--lock",
            Vectors.Path($"clusters-charon/{name}/cluster-lock.json"),
            "--node",
            Vectors.Path($"clusters-charon/{name}/node0"),
        ];

    private static string Hash => (string)Vectors.Read($"{Cluster}/cluster-lock.json")["lock_hash"]!;

    private static string Share =>
        (string)Vectors.Read($"{Cluster}/cluster-lock.json")["distributed_validators"]![0]!["public_shares"]![0]!;

    // A vault with a recovery slot and the shares of one node, none of which has signed.
    private async Task PrepareAsync()
    {
        using var recovery = RSA.Create(3072);
        await File.WriteAllTextAsync(RecoveryFile, recovery.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        File.Copy(_home.Token.PinFile, PinFile);
        var half = Path.Combine(_memory, "recovery.pub");
        await File.WriteAllTextAsync(half, recovery.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        (await _home.RunAsync("seal", "enrol", "--recovery", half)).Succeeded();
        (await _home.RunAsync([.. Import("create"), "--never-signed"])).Succeeded();
    }

    private void Allow() => _home.Configure(options => options["ceremonies"]!["exportKeys"] = true);

    private Task<CommandResult> ExportAsync(params string[] instead)
    {
        var options = new Dictionary<string, string>
        {
            ["--out"] = Folder,
            ["--recovery-key"] = RecoveryFile,
            ["--pin-file"] = PinFile,
            ["--reason"] = "replace-operator, asked for by Ada",
        };
        for (var i = 0; i < instead.Length; i += 2)
        {
            options[instead[i]] = instead[i + 1];
        }

        return _home.RunAsync([
            "keys",
            "export",
            "--for-ceremony",
            Hash,
            .. options.SelectMany(option => new[] { option.Key, option.Value }),
        ]);
    }

    private Task<CommandResult> VoidAsync() => _home.RunAsync("keys", "void-export", Hash, "--reason", "no ceremony after all");

    private async Task<HttpStatusCode> VoteAsync(SignerProcess signer)
    {
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        return (await client.SignAsync(Share, Chain.VoteJson())).Status;
    }

    private async Task<List<string>> StatesAsync() =>
        [
            .. JsonNode
                .Parse((await _home.RunAsync("keys", "list", "--json")).Succeeded().Output)!
                .AsArray()
                .Where(line => line!["groupKey"] is not null)
                .Select(line => (string)line!["state"]!),
        ];
}
