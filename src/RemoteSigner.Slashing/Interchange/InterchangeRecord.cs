using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// One thing read from an interchange file, in the order of the file; a closed choice. <c>Entry</c> counts the elements of <c>data</c> from
/// 0, <c>Index</c> those of the list of blocks or votes.
/// </summary>
internal abstract record InterchangeRecord(int Entry)
{
    /// <summary>The end of an element: its public key, and what was read of it.</summary>
    public sealed record Key(int Entry, BlsPublicKey PublicKey, InterchangeNumbers Numbers) : InterchangeRecord(Entry);

    public sealed record Block(int Entry, int Index, long Slot, Root? Root) : InterchangeRecord(Entry);

    public sealed record Attestation(int Entry, int Index, Vote Vote, Root? Root) : InterchangeRecord(Entry);
}
