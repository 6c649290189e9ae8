using System.Globalization;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Clocks;

/// <summary>
/// A TPM's clock: milliseconds the TPM was powered, as it says itself. Somebody on its bus could say otherwise, which makes a doubt and no
/// signature. A reading after a reset or restart of the TPM is not compared with one before.
/// </summary>
public sealed class TpmHardwareClock(SealingTpm device) : IHardwareClock
{
    public async Task<HardwareTime> ReadTimeAsync(CancellationToken cancellation)
    {
        var clock = (await device.ReadClockAsync(cancellation)).Clock;
        return new HardwareTime(
            string.Create(CultureInfo.InvariantCulture, $"reset {clock.ResetCount}, restart {clock.RestartCount}"),
            TimeSpan.FromMilliseconds((double)clock.Milliseconds)
        );
    }
}
