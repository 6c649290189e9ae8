using System.Diagnostics;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>
/// A TPM behind a character device: a pseudo terminal that socat joins to swtpm. Reads of it block and cannot be interrupted, as those of
/// /dev/tpmrm0.
/// </summary>
public sealed class TpmDeviceTests : TpmTest
{
    private Process? _socat;

    private TpmAddress Device => TpmAddress.Parse("device:" + InFolder("device"));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (!File.Exists("/usr/bin/socat"))
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", "socat is not installed");
            Assert.Skip("socat is not installed (apt-get install socat)");
        }

        _socat = Process.Start(
            "socat",
            [$"PTY,link={InFolder("device")},rawer", $"UNIX-CONNECT:{Software.Address["swtpm:path=".Length..]}"]
        );
        SpinWait.SpinUntil(() => File.Exists(InFolder("device")), TimeSpan.FromSeconds(10));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_socat is not null)
        {
            _socat.Kill();
            await _socat.WaitForExitAsync();
            _socat.Dispose();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Carries_long_commands_and_responses()
    {
        using var tpm = Tpm.Open(Device);
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(0x01800700, 1000), []);
        var (written, read) = (new byte[1000], new byte[1000]);
        tpm.GetRandom(written, session);

        tpm.NvWrite(index, session, written);
        tpm.NvRead(index.AsWritten(), session, read);

        Assert.Equal(written, read);
    }

    [Fact]
    public async Task A_TPM_that_hangs_times_out_although_the_read_goes_on()
    {
        using var tpm = Tpm.Open(Device, Brief);
        await Software.PauseAsync();
        var watch = Stopwatch.StartNew();

        Assert.Equal(TpmTransportFault.TimedOut, Assert.Throws<TpmTransportException>(() => tpm.ReadClock()).Fault);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(5));
        Assert.Equal(TpmTransportFault.Closed, Assert.Throws<TpmTransportException>(() => tpm.ReadClock()).Fault);
    }

    [Fact]
    public async Task A_device_that_goes_away_closes_the_connection()
    {
        using var tpm = Tpm.Open(Device);
        await Software.KillAsync();
        await _socat!.WaitForExitAsync();

        Assert.Equal(TpmTransportFault.Closed, Assert.Throws<TpmTransportException>(() => tpm.ReadClock()).Fault);
    }

    [Fact]
    public void Several_threads_queue_up()
    {
        using var tpm = Tpm.Open(Device);

        Parallel.For(0, 40, _ => tpm.GetRandom(new byte[16]));

        Assert.InRange(tpm.CommandsSent, 40, 60);
    }
}
