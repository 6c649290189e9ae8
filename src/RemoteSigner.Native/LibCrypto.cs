using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// The functions of OpenSSL's libcrypto 3 that work from and into memory of the caller's choice, which .NET's own types do not offer.
/// </summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    internal static partial int EVP_PBE_scrypt(
        byte* password,
        nuint passwordLength,
        byte* salt,
        nuint saltLength,
        ulong n,
        ulong r,
        ulong p,
        ulong maximumMemory,
        byte* key,
        nuint keyLength
    );

    [LibraryImport(Library)]
    internal static partial int PKCS5_PBKDF2_HMAC(
        byte* password,
        int passwordLength,
        byte* salt,
        int saltLength,
        int iterations,
        nint digest,
        int keyLength,
        byte* key
    );

    [LibraryImport(Library)]
    internal static partial nint EVP_sha256();

    [LibraryImport(Library)]
    internal static partial nint EVP_aes_128_ctr();

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library)]
    internal static partial int EVP_EncryptUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);
}
