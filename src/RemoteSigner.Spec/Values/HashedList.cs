namespace RemoteSigner.Spec;

/// <summary>
/// The root of a progressive list that was hashed here while it was read, so that its elements need not be kept: nobody can make one of 32
/// bytes of his choice.
/// </summary>
public readonly record struct HashedList
{
    internal HashedList(Root root) => Root = root;

    internal Root Root { get; }

    /// <summary>A <c>ProgressiveByteList</c>.</summary>
    public static HashedList OfBytes(ReadOnlySpan<byte> value) => new(SszHasher.ProgressiveByteList(value, new ProgressiveHasher()));
}
