using RemoteSigner.Native;

namespace RemoteSigner.Clocks;

/// <summary>A clock that the machine's software cannot set: a TPM's.</summary>
public interface IHardwareClock
{
    /// <summary>Reads it.</summary>
    /// <exception cref="OperatorException">It does not answer.</exception>
    Task<HardwareTime> ReadTimeAsync(CancellationToken cancellation);
}
