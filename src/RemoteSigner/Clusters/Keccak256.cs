using Org.BouncyCastle.Crypto.Digests;

namespace RemoteSigner.Clusters;

/// <summary>Keccak-256 as Ethereum uses it: SHA-3 before NIST changed the padding. 32 bytes.</summary>
internal static class Keccak256
{
    public const int Length = 32;

    public static byte[] Hash(params ReadOnlySpan<byte[]> parts)
    {
        var digest = new KeccakDigest(Length * 8);
        foreach (var part in parts)
        {
            digest.BlockUpdate(part);
        }

        var hash = new byte[Length];
        digest.DoFinal(hash);
        return hash;
    }
}
