using System.Collections.Immutable;
using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// The leaves of one container while it is hashed, in order. As in the library that Charon hashes with, an empty byte string that is not a
/// list gives no leaf at all: old versions depend on it.
/// </summary>
internal sealed class SszLeaves
{
    private readonly List<Root> _leaves = [];

    /// <summary>The root of the container.</summary>
    public Root Root => SszHasher.Container([.. _leaves]);

    public SszLeaves Put(Root leaf)
    {
        _leaves.Add(leaf);
        return this;
    }

    public SszLeaves Put(ulong number) => Put(SszHasher.Number(number));

    /// <summary>A vector of bytes; none, and there is no leaf.</summary>
    public SszLeaves PutBytes(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? this : Put(SszHasher.Bytes(bytes));

    public SszLeaves PutText(string text) => PutBytes(Encoding.UTF8.GetBytes(text));

    /// <summary><c>ByteList[limit]</c> of the text's UTF-8.</summary>
    public SszLeaves PutTextList(string text, int limit) => Put(SszHasher.ByteList(Encoding.UTF8.GetBytes(text), (ulong)limit));

    /// <summary>A vector of exactly so many bytes, or as many zeroes where there are none.</summary>
    public SszLeaves PutVector(ReadOnlySpan<byte> bytes, int length) => PutBytes(bytes.IsEmpty ? new byte[length] : bytes);

    public SszLeaves PutList<T>(ImmutableArray<T> items, int limit, Func<T, Root> root) =>
        Put(SszHasher.List([.. items.Select(root)], (ulong)limit));
}
