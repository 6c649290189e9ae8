using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// The functions of blst that this project calls, by their C names (blst.h of supranational/blst). No check is made here.
/// </summary>
internal static unsafe partial class BlstLibrary
{
    private const string Library = "blst";

    [LibraryImport(Library)]
    internal static partial void blst_keygen(byte* secretKey, byte* ikm, nuint ikmLength, byte* info, nuint infoLength);

    [LibraryImport(Library)]
    internal static partial void blst_scalar_from_bendian(byte* scalar, byte* bigEndian);

    [LibraryImport(Library)]
    internal static partial void blst_bendian_from_scalar(byte* bigEndian, byte* scalar);

    [LibraryImport(Library)]
    internal static partial byte blst_sk_check(byte* scalar);

    [LibraryImport(Library)]
    internal static partial byte blst_sk_add_n_check(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    internal static partial byte blst_sk_sub_n_check(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    internal static partial byte blst_sk_mul_n_check(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    internal static partial void blst_sk_inverse(byte* result, byte* scalar);

    [LibraryImport(Library)]
    internal static partial void blst_sk_to_pk_in_g1(BlstP1* point, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial void blst_p1_compress(byte* compressed, BlstP1* point);

    [LibraryImport(Library)]
    internal static partial int blst_p1_uncompress(BlstP1Affine* point, byte* compressed);

    [LibraryImport(Library)]
    internal static partial byte blst_p1_affine_is_inf(BlstP1Affine* point);

    [LibraryImport(Library)]
    internal static partial byte blst_p1_affine_in_g1(BlstP1Affine* point);

    [LibraryImport(Library)]
    internal static partial void blst_p1_from_affine(BlstP1* point, BlstP1Affine* affine);

    [LibraryImport(Library)]
    internal static partial void blst_p1_mult(BlstP1* result, BlstP1* point, byte* scalar, nuint bits);

    [LibraryImport(Library)]
    internal static partial void blst_p1_add_or_double(BlstP1* result, BlstP1* left, BlstP1* right);

    [LibraryImport(Library)]
    internal static partial nuint blst_p1s_mult_pippenger_scratch_sizeof(nuint count);

    [LibraryImport(Library)]
    internal static partial void blst_p1s_mult_pippenger(
        BlstP1* result,
        BlstP1Affine** points,
        nuint count,
        byte** scalars,
        nuint bits,
        ulong* scratch
    );

    [LibraryImport(Library)]
    internal static partial void blst_hash_to_g2(
        BlstP2* point,
        byte* message,
        nuint messageLength,
        byte* tag,
        nuint tagLength,
        byte* augmentation,
        nuint augmentationLength
    );

    [LibraryImport(Library)]
    internal static partial void blst_sign_pk_in_g1(BlstP2* signature, BlstP2* hash, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial void blst_p2_compress(byte* compressed, BlstP2* point);

    [LibraryImport(Library)]
    internal static partial int blst_p2_uncompress(BlstP2Affine* point, byte* compressed);

    [LibraryImport(Library)]
    internal static partial byte blst_p2_affine_is_inf(BlstP2Affine* point);

    [LibraryImport(Library)]
    internal static partial byte blst_p2_affine_in_g2(BlstP2Affine* point);

    [LibraryImport(Library)]
    internal static partial void blst_p2_from_affine(BlstP2* point, BlstP2Affine* affine);

    [LibraryImport(Library)]
    internal static partial void blst_p2_mult(BlstP2* result, BlstP2* point, byte* scalar, nuint bits);

    [LibraryImport(Library)]
    internal static partial void blst_p2_add_or_double(BlstP2* result, BlstP2* left, BlstP2* right);

    [LibraryImport(Library)]
    internal static partial void blst_p1_to_affine(BlstP1Affine* affine, BlstP1* point);

    [LibraryImport(Library)]
    internal static partial void blst_p2_to_affine(BlstP2Affine* affine, BlstP2* point);

    [LibraryImport(Library)]
    internal static partial nuint blst_pairing_sizeof();

    [LibraryImport(Library)]
    internal static partial void blst_pairing_init(ulong* context, byte hashOrEncode, byte* tag, nuint tagLength);

    [LibraryImport(Library)]
    internal static partial int blst_pairing_aggregate_pk_in_g1(
        ulong* context,
        BlstP1Affine* publicKey,
        BlstP2Affine* signature,
        byte* message,
        nuint messageLength,
        byte* augmentation,
        nuint augmentationLength
    );

    [LibraryImport(Library)]
    internal static partial void blst_pairing_commit(ulong* context);

    [LibraryImport(Library)]
    internal static partial void blst_aggregated_in_g2(BlstFp12* target, BlstP2Affine* signature);

    [LibraryImport(Library)]
    internal static partial byte blst_pairing_finalverify(ulong* context, BlstFp12* target);

    [LibraryImport(Library)]
    internal static partial int blst_core_verify_pk_in_g1(
        BlstP1Affine* publicKey,
        BlstP2Affine* signature,
        byte hashOrEncode,
        byte* message,
        nuint messageLength,
        byte* tag,
        nuint tagLength,
        byte* augmentation,
        nuint augmentationLength
    );
}

/// <summary><c>blst_p1</c>: three field elements of 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 144)]
internal struct BlstP1
{
    private ulong _first;
}

/// <summary><c>blst_p1_affine</c>: two field elements of 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 96)]
internal struct BlstP1Affine
{
    private ulong _first;
}

/// <summary><c>blst_p2</c>: three elements of the quadratic extension, 96 bytes each.</summary>
[StructLayout(LayoutKind.Sequential, Size = 288)]
internal struct BlstP2
{
    private ulong _first;
}

/// <summary><c>blst_p2_affine</c>: two elements of the quadratic extension, 96 bytes each; all zeroes for infinity.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlstP2Affine
{
    internal BlstFp2 X;
    internal BlstFp2 Y;
}

/// <summary><c>blst_fp12</c>: twelve field elements of 48 bytes, the target group of the pairing.</summary>
[StructLayout(LayoutKind.Sequential, Size = 576)]
internal struct BlstFp12
{
    private ulong _first;
}
