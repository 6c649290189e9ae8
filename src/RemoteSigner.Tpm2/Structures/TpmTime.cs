namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMS_CLOCK_INFO (TPM 2.0 Library Part 2 §10.11.1): milliseconds the TPM was powered over its whole life, resets and restarts, and
/// whether the clock is sure not to have gone back after an unclean power-off.
/// </summary>
public readonly record struct TpmClock(ulong Milliseconds, uint ResetCount, uint RestartCount, bool Safe)
{
    internal static TpmClock Read(ref TpmReader reader) => new(reader.UInt64(), reader.UInt32(), reader.UInt32(), reader.UInt8() == 1);
}

/// <summary>TPMS_TIME_INFO (TPM 2.0 Library Part 2 §10.11.6): milliseconds since the TPM's last reset, and its clock.</summary>
public readonly record struct TpmTime(ulong Milliseconds, TpmClock Clock)
{
    internal static TpmTime Read(ref TpmReader reader) => new(reader.UInt64(), TpmClock.Read(ref reader));
}
