using System.Net;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// A system clock that is set while the signer runs: libfaketime sets it for this one process, and leaves the monotonic clock alone.
/// </summary>
public sealed class ClockTests(SignerTemplate template) : IAsyncLifetime
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private SignerHome _home = null!;
    private SignerProcess _signer = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _home = template.Copy();
        SetClock("+0");
        _signer = SignerProcess.LaunchUnder(
            [
                "/usr/bin/env",
                $"LD_PRELOAD={Library}",
                $"FAKETIME_TIMESTAMP_FILE={ClockFile}",
                "FAKETIME_NO_CACHE=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
            ],
            _home.Data,
            _home.Token
        );
        await _signer.WaitUntilReadyAsync();
        _client = ClientCertificate.Connect(_signer, _home.Data, "vc");
    }

    [Fact]
    public async Task Signs_no_vote_while_the_clock_is_off_and_signs_again_when_it_is_right()
    {
        Assert.Equal(HttpStatusCode.OK, (await VoteAsync(0)).Status);

        SetClock("-3600");
        var refused = await VoteAsync(1);
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
        Assert.Equal("clock_in_doubt", refused.Json.GetProperty("reason").GetString());
        Assert.Matches("stepped by -(3599|3600)\\.", refused.Json.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, (await _client.SignAsync(_home.Keys[1], Chain.RandaoJson())).Status);
        var health = await _signer.HealthWhenAsync(report => report.Status == HttpStatusCode.ServiceUnavailable);
        Assert.Contains("in_doubt", ClockCheck(health), StringComparison.Ordinal);
        await LoggedAsync("the system clock is in doubt");

        SetClock("+0");
        Assert.Equal(HttpStatusCode.OK, (await VoteAsync(1)).Status);
        await LoggedAsync("the system clock is relied on again");
        await _signer.StopAsync();
        Assert.Equal(
            2,
            (await AuditLines.ReadAsync(_home.LedgerFile)).Count(line => line.Contains("clock.doubt", StringComparison.Ordinal))
        );
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_signer is not null)
        {
            await _signer.DisposeAsync();
        }

        _home?.Dispose();
    }

    private string ClockFile => _home.Beside("clock");

    private Task<ApiAnswer> VoteAsync(int key) => _client.SignAsync(_home.Keys[key], Chain.VoteJson());

    // Renamed into place: the library reads it at any moment.
    private void SetClock(string offset)
    {
        File.WriteAllText(ClockFile + ".new", offset + "\n");
        File.Move(ClockFile + ".new", ClockFile, overwrite: true);
    }

    private async Task LoggedAsync(string text)
    {
        for (var attempt = 0; attempt < 300 && !_signer.Output.Contains(text, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Contains(text, _signer.Output, StringComparison.Ordinal);
    }

    private static string ClockCheck(ApiAnswer health) =>
        health
            .Json.GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("id").GetString() == "slot-clock-check")
            .GetRawText();
}
