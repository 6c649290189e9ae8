using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// The 32 bytes that quote and certifications carry as extraData: SHA-256 over every part of the evidence that no TPM structure holds, each
/// with its length in four bytes (big-endian) before it, so that no two documents give the same bytes; numbers have eight bytes, an absent
/// part is distinct from an empty one. The order is in README.md of this room.
/// </summary>
public static class ClaimsDigest
{
    private const string Domain = "remote-signer/attestation/v1";
    private const uint Absent = uint.MaxValue;

    public static byte[] Of(ReadOnlySpan<byte> nonce, SignerClaims signer, Endorsement endorsement, byte[]? eventLog)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Part(hash, Encoding.UTF8.GetBytes(Domain));
        Part(hash, nonce);
        Part(hash, Encoding.UTF8.GetBytes(signer.Program));
        Part(hash, signer.VaultId.ToByteArray(bigEndian: true));
        Part(hash, signer.VaultGeneration);
        Part(hash, (ulong)signer.PublicKeys.Count);
        foreach (var key in signer.PublicKeys)
        {
            Part(hash, key);
        }

        Part(hash, signer.TlsPublicKey);
        Part(hash, Encoding.UTF8.GetBytes(signer.Fence.Anchor));
        Part(hash, signer.Fence.Epoch);
        Part(hash, signer.Fence.Start);
        Part(hash, signer.Audit.Number);
        Part(hash, signer.Audit.Hash);
        Part(hash, endorsement.Key);
        Optional(hash, endorsement.Certificate);
        Optional(hash, eventLog);
        return hash.GetHashAndReset();
    }

    private static void Part(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Length(hash, (uint)bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Part(IncrementalHash hash, ulong? number)
    {
        if (number is not { } value)
        {
            Length(hash, Absent);
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Part(hash, bytes);
    }

    private static void Optional(IncrementalHash hash, byte[]? bytes)
    {
        if (bytes is null)
        {
            Length(hash, Absent);
            return;
        }

        Part(hash, bytes);
    }

    private static void Length(IncrementalHash hash, uint length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
