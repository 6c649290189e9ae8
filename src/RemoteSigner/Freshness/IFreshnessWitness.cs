namespace RemoteSigner.Freshness;

/// <summary>
/// Hardware outside the data directory that cannot be put back with it: for one vault it keeps a count that only grows and one small record. Everything is on
/// its own medium when the task ends. It is asked a few times a day and never for a signature. All methods throw <see cref="WitnessException"/> within a
/// bounded time; after one nobody knows whether the change was made, so callers read back and never repeat blindly.
/// </summary>
public interface IFreshnessWitness
{
    /// <summary>What it is and where, for people: <c>token 'remote-signer'</c>.</summary>
    string Description { get; }

    /// <summary>Makes it; the count begins wherever the hardware likes. Refuses when there is one for this vault already.</summary>
    Task CreateAsync(CancellationToken cancellation);

    /// <summary>Identity, count and record; null when it was never made, or is gone.</summary>
    Task<WitnessReading?> ReadAsync(CancellationToken cancellation);

    /// <summary>Adds one to the count.</summary>
    Task IncrementAsync(CancellationToken cancellation);

    /// <summary>Replaces the record, of <see cref="FenceRecord.Length"/> bytes: whole or not at all.</summary>
    Task WriteRecordAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation);
}
