using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>One thing read from an interchange file, in the order of the file; a closed choice. <c>Entry</c> counts the elements of <c>data</c> from 0.</summary>
internal abstract record InterchangeRecord(int Entry)
{
    /// <summary>The public key of an element; it may come after the element's records.</summary>
    public sealed record Key(int Entry, BlsPublicKey PublicKey) : InterchangeRecord(Entry);

    public sealed record Block(int Entry, long Slot, Root? Root) : InterchangeRecord(Entry);

    public sealed record Attestation(int Entry, Vote Vote, Root? Root) : InterchangeRecord(Entry);
}
