using System.Security.Cryptography;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Rig;

namespace RemoteSigner.Tests.RemoteAttestation;

public sealed class FirmwareLogTests
{
    [Fact]
    public void Replays_what_was_extended()
    {
        var writer = new FirmwareLogWriter();
        var (first, second) = (writer.Measure(4, "loader"), writer.Measure(4, "kernel"));

        var log = FirmwareLog.Replay(writer.ToArray());

        Assert.Equal(2, log.Events);
        Assert.Equal(SHA256.HashData([.. SHA256.HashData([.. new byte[32], .. first]), .. second]), log.Pcrs[4]);
        Assert.Equal([4], log.Pcrs.Keys);
    }

    [Fact]
    public void PCR_0_begins_with_the_locality_that_started_the_TPM()
    {
        var writer = new FirmwareLogWriter();
        writer.StartAt(3);
        var digest = writer.Measure(0, "version");

        Assert.Equal(SHA256.HashData([.. new byte[31], 3, .. digest]), FirmwareLog.Replay(writer.ToArray()).Pcrs[0]);
    }

    /// <summary>tpm2_eventlog replays too: another implementation, the same values.</summary>
    [Fact]
    public async Task The_tools_replay_to_the_same_values()
    {
        Assert.SkipUnless(SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "tpm2-tools is not installed");
        var writer = new FirmwareLogWriter();
        writer.Measure(0, "version");
        writer.Measure(4, "loader");
        writer.Measure(4, "kernel");
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, writer.ToArray(), TestContext.Current.CancellationToken);

        var theirs = (await CommandResult.OfAsync("tpm2", ["eventlog", file])).Succeeded().Output;

        File.Delete(file);
        Assert.All(FirmwareLog.Replay(writer.ToArray()).Pcrs.Values, value =>
            Assert.Contains(Convert.ToHexStringLower(value), theirs, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void Refuses_a_log_that_is_cut_anywhere_but_between_two_events()
    {
        var writer = new FirmwareLogWriter();
        var header = writer.ToArray().Length;
        writer.Measure(4, "loader");
        var log = writer.ToArray();

        for (var length = 0; length < log.Length; length++)
        {
            if (length != header)
            {
                Assert.Throws<RemoteAttestationException>(() => FirmwareLog.Replay(log.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void Refuses_the_old_form_and_digests_that_the_header_does_not_name()
    {
        var log = new FirmwareLogWriter();
        log.Measure(4, "loader");
        var old = log.ToArray();
        old[32 + 13] = (byte)'2';
        Assert.Contains(
            "crypto agile",
            Assert.Throws<RemoteAttestationException>(() => FirmwareLog.Replay(old)).Message,
            StringComparison.Ordinal
        );

        var unknown = log.ToArray();
        unknown[32 + 28] = 0x0C;
        Assert.Contains(
            "unknown algorithm",
            Assert.Throws<RemoteAttestationException>(() => FirmwareLog.Replay(unknown)).Message,
            StringComparison.Ordinal
        );
    }
}
