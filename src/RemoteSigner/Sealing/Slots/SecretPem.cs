using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>Reads a PEM out of secret memory into a key: the characters .NET wants are pinned, and zeroed when it has read them.</summary>
internal static class SecretPem
{
    /// <exception cref="CryptographicException">The password is wrong, or the key is damaged.</exception>
    /// <exception cref="ArgumentException">No key of this algorithm is in it.</exception>
    public static void Import(AsymmetricAlgorithm key, SecretBytes pem, SecretBytes? password)
    {
        var text = GC.AllocateUninitializedArray<char>(pem.Length, pinned: true);
        try
        {
            var characters = text.AsSpan(0, Encoding.UTF8.GetChars(pem.Span, text));
            if (password is null)
            {
                key.ImportFromPem(characters);
            }
            else
            {
                key.ImportFromEncryptedPem(characters, password.Span);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
