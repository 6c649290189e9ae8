namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What an anchor says. <paramref name="Identity"/> is another one after the hardware was replaced or the anchor was made anew (a TPM's
/// name of the counter, a token's serial number and the object's own random number); <paramref name="Record"/> is empty before the first
/// was written.
/// </summary>
public sealed record RollbackAnchorReading(string Identity, ulong Count, ReadOnlyMemory<byte> Record)
{
    /// <summary>Does it show exactly this?</summary>
    public bool Shows(ulong count, ReadOnlySpan<byte> record) => Count == count && Record.Span.SequenceEqual(record);
}
