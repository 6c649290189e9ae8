using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>The public area of an RSA key; exponent 0 stands for 65537.</summary>
public sealed class RsaPublic(
    TpmaObject attributes,
    byte[] authPolicy,
    TpmtSymDef symmetric,
    TpmtScheme scheme,
    int keyBits,
    uint exponent,
    byte[] modulus
) : TpmtPublic(attributes, authPolicy)
{
    private const uint DefaultExponent = 65537;

    public TpmtSymDef Symmetric { get; } = symmetric;

    public TpmtScheme Scheme { get; } = scheme;

    public int KeyBits { get; } = keyBits;

    public uint Exponent { get; } = exponent;

    public byte[] Modulus { get; } = modulus;

    private protected override TpmAlg Type => TpmAlg.RSA;

    /// <summary>The key for .NET's RSA.</summary>
    public RSAParameters ToParameters() => new() { Modulus = Modulus, Exponent = BigEndian(Exponent == 0 ? DefaultExponent : Exponent) };

    internal static RsaPublic Read(TpmaObject attributes, byte[] policy, ref TpmReader reader) =>
        new(
            attributes,
            policy,
            TpmtSymDef.Read(ref reader),
            TpmtScheme.Read(ref reader),
            reader.UInt16(),
            reader.UInt32(),
            reader.Sized().ToArray()
        );

    private protected override void WriteParameters(ref TpmWriter writer)
    {
        Symmetric.Write(ref writer);
        Scheme.Write(ref writer);
        writer.UInt16(KeyBits);
        writer.UInt32(Exponent);
        writer.Sized(Modulus);
    }

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
