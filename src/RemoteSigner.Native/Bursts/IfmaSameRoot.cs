using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// Eight signatures at once in the lanes of AVX-512, with its multiplier of 52 bits (<c>same_root_ifma.c</c>, which is linked into blst's
/// library). What it computes is what <see cref="PortableSameRoot"/> does.
/// </summary>
internal sealed unsafe partial class IfmaSameRoot : SameRootEngine
{
    private const string Library = "blst";

    private IfmaSameRoot() { }

    /// <summary>Null where the processor has not what it takes.</summary>
    public static IfmaSameRoot? TryCreate() => remote_signer_same_root_supported() != 0 ? new IfmaSameRoot() : null;

    public override string Name => "avx512ifma";

    public override int Batch { get; } = (int)remote_signer_same_root_batch();

    public override int WorthATable => 3;

    public override int TableLength { get; } = (int)remote_signer_same_root_table_size();

    public override int ScratchLength { get; } = (int)remote_signer_same_root_scratch_size();

    public override void MakeTable(byte* table, BlstP2* point)
    {
        BlstP2Affine affine;
        BlstLibrary.blst_p2_to_affine(&affine, point);
        remote_signer_same_root_table(table, &affine);
    }

    public override void Sign(BlstP2Affine* signatures, byte* table, byte** scalars, int count, byte* scratch) =>
        remote_signer_same_root_sign(signatures, table, scalars, (nuint)count, scratch);

    [LibraryImport(Library)]
    private static partial int remote_signer_same_root_supported();

    [LibraryImport(Library)]
    private static partial nuint remote_signer_same_root_table_size();

    [LibraryImport(Library)]
    private static partial nuint remote_signer_same_root_scratch_size();

    [LibraryImport(Library)]
    private static partial nuint remote_signer_same_root_batch();

    [LibraryImport(Library)]
    private static partial void remote_signer_same_root_table(byte* table, BlstP2Affine* hash);

    [LibraryImport(Library)]
    private static partial void remote_signer_same_root_sign(
        BlstP2Affine* signatures,
        byte* table,
        byte** scalars,
        nuint count,
        byte* scratch
    );
}
