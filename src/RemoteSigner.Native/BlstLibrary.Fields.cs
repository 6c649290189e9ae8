using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// Arithmetic in the fields below G2, and on its points. Whatever takes well under a microsecond is called without telling the garbage
/// collector, which waits for it.
/// </summary>
internal static unsafe partial class BlstLibrary
{
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp_add(BlstFp* result, BlstFp* left, BlstFp* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp_mul(BlstFp* result, BlstFp* left, BlstFp* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp_sqr(BlstFp* result, BlstFp* value);

    /// <summary>Negates where <paramref name="flag"/> is 1, in constant time.</summary>
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp_cneg(BlstFp* result, BlstFp* value, byte flag);

    [LibraryImport(Library)]
    internal static partial void blst_fp_inverse(BlstFp* result, BlstFp* value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_add(BlstFp2* result, BlstFp2* left, BlstFp2* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_sub(BlstFp2* result, BlstFp2* left, BlstFp2* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_mul(BlstFp2* result, BlstFp2* left, BlstFp2* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_sqr(BlstFp2* result, BlstFp2* value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_mul_by_3(BlstFp2* result, BlstFp2* value);

    /// <summary>Negates where <paramref name="flag"/> is 1, in constant time.</summary>
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_fp2_cneg(BlstFp2* result, BlstFp2* value, byte flag);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_p2_double(BlstP2* result, BlstP2* point);

    [LibraryImport(Library)]
    internal static partial void blst_p2s_to_affine(BlstP2Affine* affine, BlstP2** points, nuint count);

    [LibraryImport(Library)]
    internal static partial void blst_p2s_add(BlstP2* sum, BlstP2Affine** points, nuint count);

    [LibraryImport(Library)]
    internal static partial byte blst_p2_is_equal(BlstP2* left, BlstP2* right);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void blst_p2_affine_compress(byte* compressed, BlstP2Affine* point);
}

/// <summary><c>blst_fp</c>: 48 bytes, in blst's Montgomery form.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct BlstFp
{
    private ulong _first;
}

/// <summary><c>blst_fp2</c>: real and imaginary part.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlstFp2
{
    internal BlstFp Re;
    internal BlstFp Im;
}
