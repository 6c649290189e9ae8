namespace RemoteSigner.Native;

/// <summary>
/// Many secret scalars times one point of G2: a table of the point's multiples, which is public, and signatures in lockstep that share it.
/// Every variant gives the same points, and none has a branch or an address that depends on a scalar.
/// </summary>
internal abstract unsafe class SameRootEngine
{
    /// <summary>The fastest that this processor runs.</summary>
    public static SameRootEngine Best { get; } = IfmaSameRoot.TryCreate() ?? (SameRootEngine)new PortableSameRoot();

    /// <summary>What metrics and the bench call it.</summary>
    public abstract string Name { get; }

    /// <summary>How many signatures go in lockstep at most.</summary>
    public abstract int Batch { get; }

    /// <summary>From how many signatures on a table is worth its making.</summary>
    public abstract int WorthATable { get; }

    /// <summary>Bytes of a table.</summary>
    public abstract int TableLength { get; }

    /// <summary>Bytes of working memory for one call. What is in it then is as secret as the scalars.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>Makes the table of a point.</summary>
    /// <param name="table"><see cref="TableLength"/> bytes, aligned to 64.</param>
    /// <param name="point">In the subgroup, and not infinity: as every message is hashed.</param>
    public abstract void MakeTable(byte* table, BlstP2* point);

    /// <summary>Writes scalar·point for each of the scalars.</summary>
    /// <param name="scalars">32 bytes each, little-endian, at least 1 and below the group order: one that is not would spoil all.</param>
    /// <param name="count">From 1 to <see cref="Batch"/>.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> bytes of secret memory, aligned to 64, which the caller wipes.</param>
    public abstract void Sign(BlstP2Affine* signatures, byte* table, byte** scalars, int count, byte* scratch);
}
