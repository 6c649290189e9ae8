namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Hardware outside the data directory that cannot be put back with it: for one vault it keeps a count that only grows and one small
/// record. Everything is on its own medium when the task ends. It is asked a few times a day and never for a signature. All methods throw
/// <see cref="RollbackAnchorException"/> within a bounded time; after one nobody knows whether the change was made, so callers read back
/// and never repeat blindly.
/// </summary>
/// <remarks>
/// A change names what the caller saw (<c>from</c>), and is refused as <see cref="RollbackAnchorFault.Contested"/> where the anchor shows
/// something else. Hardware cannot compare and write in one step, so a write may still land over another one of the same moment: whoever
/// writes reads back. Each kind says in its summary how much it can tell.
/// </remarks>
public interface IRollbackAnchor
{
    /// <summary>What it is and where, for people: <c>token 'remote-signer'</c>.</summary>
    string Description { get; }

    /// <summary>Makes it; the count begins wherever the hardware likes. Refuses when there is one for this vault already.</summary>
    Task CreateAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes away all that there is of it, where two wrote at the same moment and nobody can tell which of it is right: then there is none.
    /// </summary>
    Task DiscardAsync(CancellationToken cancellation);

    /// <summary>
    /// What the device keeps for this vault under another root key than this one's, in words; null: nothing. Nobody has proven what it is:
    /// an older or a later fence of this vault, or somebody's work.
    /// </summary>
    Task<string?> FindStrangerAsync(CancellationToken cancellation);

    /// <summary>Takes away whatever the device keeps for this vault, under whatever root key.</summary>
    Task ClearAsync(CancellationToken cancellation);

    /// <summary>Identity, count and record; null when it was never made, or is gone.</summary>
    Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Adds one to the count, and with it replaces the record. Interrupted, the count may have grown and the record be the former one;
    /// never the other way round.
    /// </summary>
    Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation);

    /// <summary>Replaces the record, of <see cref="FenceRecord.Length"/> bytes: whole or not at all.</summary>
    Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation);

    /// <summary>
    /// Why a restore of the machine would put the anchor back as well, in words, from what the device says of itself; null where nothing
    /// says so.
    /// </summary>
    Task<string?> FindRollbackAsync(CancellationToken cancellation);
}
