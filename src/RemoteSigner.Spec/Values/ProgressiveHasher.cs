namespace RemoteSigner.Spec;

/// <summary>
/// <c>merkleize_progressive</c> over chunks that come one after the other (consensus-specs, ssz/simple-serialize.md, as of EIP-7916):
/// subtrees of 1, 4, 16, … leaves, each the left child of a node whose right child holds the rest; the last rest is a zero chunk. Keeps one
/// root a level, however many chunks there are.
/// </summary>
public sealed class ProgressiveHasher
{
    // Beyond the last one no length of a list could lead.
    private const int MaxSubtrees = 16;
    private const int MaxLevels = 2 * MaxSubtrees;

    private readonly Root[] _subtrees = new Root[MaxSubtrees];
    private readonly Root[] _open = new Root[MaxLevels];
    private int _depth;
    private ulong _leaves;
    private int _count;

    /// <summary>Elements that were added.</summary>
    public ulong Count { get; private set; }

    /// <summary>Adds the root of an element, or a chunk.</summary>
    public void Add(Root chunk)
    {
        Count++;
        _leaves++;
        var (node, level) = (chunk, 0);
        for (var place = _leaves; (place & 1) == 0; place >>= 1, level++)
        {
            node = SszHasher.HashPair(_open[level], node);
        }

        _open[level] = node;
        if (_leaves == 1UL << (2 * _depth))
        {
            Close(node);
        }
    }

    /// <summary>The root of a progressive list of composite values: how many there are is mixed in. It is empty afterwards.</summary>
    public HashedList Finish()
    {
        var count = Count;
        return new HashedList(SszHasher.HashPair(Merkleize(), SszHasher.Number(count)));
    }

    /// <summary>The root of the chunks alone. It is empty afterwards.</summary>
    public Root Merkleize()
    {
        if (_leaves > 0)
        {
            Close(Complete());
        }

        var rest = default(Root);
        for (var i = _count - 1; i >= 0; i--)
        {
            rest = SszHasher.HashPair(_subtrees[i], rest);
        }

        (_count, _depth, _leaves, Count) = (0, 0, 0, 0);
        return rest;
    }

    // The subtree that is not full, with zero chunks where leaves are missing.
    private Root Complete()
    {
        var node = default(Root);
        var (isEmpty, depth) = (true, 2 * _depth);
        for (var level = 0; level < depth; level++)
        {
            if ((_leaves >> level & 1) == 0)
            {
                node = isEmpty ? node : SszHasher.HashPair(node, SszHasher.ZeroHash(level));
                continue;
            }

            node = SszHasher.HashPair(_open[level], isEmpty ? SszHasher.ZeroHash(level) : node);
            isEmpty = false;
        }

        return node;
    }

    private void Close(Root subtree)
    {
        _subtrees[_count++] = subtree;
        (_depth, _leaves) = (_depth + 1, 0);
    }
}
