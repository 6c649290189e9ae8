using System.Diagnostics;
using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Reload and the high watermark, over HTTP.</summary>
public sealed class ManagementTests(SignerTemplate template)
{
    [Fact]
    public async Task A_reload_is_accepted_one_at_a_time_and_its_end_can_be_seen()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        Assert.Equal("""{"status":"idle"}""", (await client.ReadAsync("/reload")).Text);

        var posts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.AskAsync(HttpMethod.Post, "/reload")));

        Assert.Contains(posts, post => post.Status == HttpStatusCode.Accepted && post.Json.GetProperty("status").GetString() == "accepted");
        Assert.Contains(posts, post => post.Status == HttpStatusCode.Conflict && post.Json.GetProperty("status").GetString() == "error");
        Assert.All(posts, post => Assert.NotEmpty(post.Json.GetProperty("message").GetString()!));
        var report = await signer.EndOfReloadAsync();
        Assert.Equal("completed", report.Json.GetProperty("status").GetString());
        Assert.True(report.Json.GetProperty("lastOperationTime").TryGetDateTimeOffset(out _));
        Assert.False(report.Json.TryGetProperty("lastError", out _));
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task A_reload_with_a_broken_file_says_so_and_keeps_what_was_loaded()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        await File.WriteAllTextAsync(home.OptionsFile, "{");

        await client.AskAsync(HttpMethod.Post, "/reload");

        var report = await signer.EndOfReloadAsync();
        Assert.Equal("completed_with_errors", report.Json.GetProperty("status").GetString());
        Assert.Contains("1 error(s)", report.Json.GetProperty("lastError").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(home.Keys[0], Chain.RandaoJson())).Status);
    }

    [Fact]
    public async Task The_high_watermark_that_was_set_is_shown_and_stops_the_signing()
    {
        using var home = template.Copy();
        await using (var signer = await home.StartAsync())
        {
            using var client = ClientCertificate.Connect(signer, home.Data, "vc");
            Assert.Equal("{}", (await client.ReadAsync("/api/v1/eth2/highWatermark")).Text);
        }

        (await home.RunAsync("slashing", "watermark", "--high", "--slot", "320", "--epoch", "10")).Succeeded();

        await using (var signer = await home.StartAsync())
        {
            using var client = ClientCertificate.Connect(signer, home.Data, "vc");
            Assert.Equal("""{"epoch":"10","slot":"320"}""", (await client.ReadAsync("/api/v1/eth2/highWatermark")).Text);
            var refused = await client.SignAsync(home.Keys[0], Chain.VoteJson());
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
            Assert.Equal("at_or_above_high_watermark", refused.Reason);
            Assert.Equal("Precondition Failed", refused.Json.GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task An_idle_connection_is_kept_for_as_long_as_it_is_configured()
    {
        using var home = template.Copy();
        home.Configure(options => options["api"]!["keepAliveSeconds"] = 13);
        await using var signer = await home.StartAsync();
        using var door = await RawConnection.OpenAsync(signer, home.Data, "vc");
        await door.GetAsync("/upcheck");
        var idle = Stopwatch.StartNew();

        await door.WaitForEndAsync();

        Assert.InRange(idle.Elapsed.TotalSeconds, 12, 20);
    }
}
