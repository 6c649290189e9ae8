using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>A disk that fills up under a signer.</summary>
public sealed class FullDiskTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task Nothing_is_signed_while_the_disk_is_full_and_signing_goes_on_by_itself()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        await using var disk = await SmallDisk.UnderAsync(_home.Data, mebibytes: 8);
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson(epochsBack: 3))).Status);

        disk.Fill();
        var refused = await UntilAsync(client, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("ledger_unavailable", refused.Reason);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.SignAsync(_home.Keys[1], Chain.VoteJson(fill: 1))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync("/upcheck")).Status);

        disk.Free();
        await UntilAsync(client, HttpStatusCode.OK);

        // The vote that was refused for want of space was not recorded: another one in its place is lawful.
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[1], Chain.VoteJson(fill: 2))).Status);
        await signer.StopAsync();
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>SQLite calls it an error of input and output where there is no room for its shared index.</summary>
    [Fact]
    public async Task A_verb_on_a_full_disk_says_that_it_is_full()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        await using var disk = await SmallDisk.UnderAsync(_home.Data, mebibytes: 8);
        disk.Fill();

        Refusal.IsTold(await _home.RunAsync("seal", "rekey"), "ledger", "free some space on this disk");

        disk.Free();
        (await _home.RunAsync("seal", "rekey")).Succeeded();
    }

    [Fact]
    public async Task A_disk_that_fills_up_costs_no_duty_while_the_reserve_lasts_and_health_says_so()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        await using var disk = await SmallDisk.UnderAsync(_home.Data, mebibytes: 64);
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
        Assert.Equal("low", await DiskStateAsync(client));

        disk.Fill();
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[3], Chain.RandaoJson())).Status);
        }

        Assert.Equal("no_reserve", await DiskStateAsync(client));
        disk.Free();
        await client.ReadAsync("/healthcheck");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await client.ReadAsync("/healthcheck");
        Assert.Equal("low", await DiskStateAsync(client));
        await signer.StopAsync();
        (await _home.RunAsync("audit", "verify")).Succeeded();
    }

    public void Dispose() => _home.Dispose();

    private static async Task<string?> DiskStateAsync(HttpClient client) =>
        (await client.ReadAsync("/healthcheck"))
            .Json.GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("id").GetString() == "disk-check")
            .GetProperty("data")
            .GetProperty("state")
            .GetString();

    // What is left of the write-ahead log's last pages may take a few records more.
    private async Task<ApiAnswer> UntilAsync(HttpClient client, HttpStatusCode status)
    {
        ApiAnswer answer;
        var attempt = 0;
        do
        {
            answer = await client.SignAsync(_home.Keys[3], Chain.RandaoJson());
        } while (answer.Status != status && ++attempt < 2000);
        Assert.Equal(status, answer.Status);
        return answer;
    }
}
