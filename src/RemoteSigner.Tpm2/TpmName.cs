using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// The Name of an entity (TPM 2.0 Library Part 1 §16): 34 bytes (algorithm and SHA-256 of the public area) for keys and NV indices,
/// the 4 bytes of the handle for everything else. Compared by value; as text lower-case hex.
/// </summary>
public sealed class TpmName : IEquatable<TpmName>
{
    private readonly byte[] _bytes;

    public TpmName(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The Name of a public area with SHA-256 as its name algorithm.</summary>
    public static TpmName OfPublicArea(ReadOnlySpan<byte> publicArea)
    {
        Span<byte> name = stackalloc byte[34];
        BinaryPrimitives.WriteUInt16BigEndian(name, (ushort)TpmAlg.SHA256);
        SHA256.HashData(publicArea, name[2..]);
        return new TpmName(name);
    }

    public static TpmName OfHandle(uint handle)
    {
        Span<byte> name = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(name, handle);
        return new TpmName(name);
    }

    /// <exception cref="FormatException">Not hex.</exception>
    public static TpmName Parse(string hex) => new(Convert.FromHexString(hex));

    public bool Equals(TpmName? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as TpmName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexStringLower(_bytes);
}
