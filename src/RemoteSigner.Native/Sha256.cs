using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// SHA-256 (FIPS 180-4) by blst, which uses the processor's instructions for it and has nothing to set up: where a duty takes a dozen of
/// them, what the platform does around each hash costs several times the hash. That blst computes it right is in the known answer that it
/// gives at every start. Not for secrets.
/// </summary>
public static unsafe partial class Sha256
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int Length = 32;

    /// <summary>Writes the hash of the bytes, which may be where it is written.</summary>
    /// <param name="hash">32 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        Bls.Expect(hash.Length, Length, "SHA-256 hash");
        fixed (
            byte* source = bytes,
                target = hash
        )
        {
            blst_sha256(target, source, (nuint)bytes.Length);
        }
    }

    [LibraryImport("blst")]
    private static partial void blst_sha256(byte* hash, byte* bytes, nuint length);
}
