namespace RemoteSigner.Slashing.Store;

/// <summary>
/// One slashing record: of a block for slot <paramref name="Number"/> (<paramref name="Source"/> is 0), or of a vote with target epoch
/// <paramref name="Number"/>. <paramref name="Root"/>: 32 bytes, or none where it is not known. <paramref name="Evidence"/>: the entry that
/// granted it; null when none did.
/// </summary>
public sealed record RecordedDuty(long Validator, long Number, long Source, ReadOnlyMemory<byte> Root, long? Evidence);
