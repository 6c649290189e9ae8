namespace RemoteSigner.Tpm2;

/// <content>Chapters 9 (start-up), 16 (random numbers) and 29 (clock) of Part 3.</content>
public sealed partial class Tpm
{
    /// <summary>TPM2_Startup(CLEAR), Part 3 §9.3. Firmware does it on a real machine.</summary>
    public void Startup() => Run(TpmCc.Startup, [], [], [0, 0]).Dispose();

    /// <summary>
    /// TPM2_Shutdown(CLEAR), Part 3 §9.4: without it, a power cut after a wrong authorization counts as one more. The kernel does it where
    /// it has the TPM.
    /// </summary>
    public void Shutdown() => Run(TpmCc.Shutdown, [], [], [0, 0]).Dispose();

    /// <summary>
    /// TPM2_GetRandom, Part 3 §16.1: fills <paramref name="destination"/>, 32 bytes a command. A session keeps the numbers off the bus.
    /// </summary>
    public void GetRandom(Span<byte> destination, TpmSession? session = null)
    {
        while (!destination.IsEmpty)
        {
            var count = Math.Min(destination.Length, 32);
            using var response = Run(TpmCc.GetRandom, [], session is null ? [] : [session], [0, (byte)count]);
            var reader = response.Reader;
            var bytes = reader.Sized();
            if (bytes.Length is 0 || bytes.Length > count)
            {
                throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"TPM2_GetRandom gave {bytes.Length} bytes for {count}");
            }

            bytes.CopyTo(destination);
            destination = destination[bytes.Length..];
        }
    }

    /// <summary>
    /// TPM2_ReadClock, Part 3 §29.1. It takes no session: whoever sits on the bus may answer. A quote holds the clock too, signed.
    /// </summary>
    public TpmTime ReadClock()
    {
        using var response = Run(TpmCc.ReadClock, [], [], []);
        var reader = response.Reader;
        var time = TpmTime.Read(ref reader);
        reader.End();
        return time;
    }

    private void StartupIfNeeded()
    {
        try
        {
            Startup();
        }
        catch (TpmException fault) when (fault.Rc == TpmRc.INITIALIZE)
        {
            // Started already: what was wanted.
        }
    }
}
