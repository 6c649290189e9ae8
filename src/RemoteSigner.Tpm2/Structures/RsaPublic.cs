using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>The public area of an RSA key; exponent 0 stands for 65537.</summary>
public sealed class RsaPublic(TpmaObject attributes, byte[] authPolicy, TpmtSymDef symmetric, TpmtScheme scheme, int keyBits, uint exponent, byte[] modulus) : TpmtPublic(attributes, authPolicy)
{
    public TpmtSymDef Symmetric { get; } = symmetric;

    public TpmtScheme Scheme { get; } = scheme;

    public int KeyBits { get; } = keyBits;

    public uint Exponent { get; } = exponent;

    public byte[] Modulus { get; } = modulus;

    private protected override TpmAlg Type => TpmAlg.RSA;

    /// <summary>The key for .NET's RSA.</summary>
    public RSAParameters ToParameters() => new() { Modulus = Modulus, Exponent = Exponent == 0 ? [1, 0, 1] : [(byte)(Exponent >> 24), (byte)(Exponent >> 16 & 0xFF), (byte)(Exponent >> 8 & 0xFF), (byte)(Exponent & 0xFF)] };

    internal static RsaPublic Read(TpmaObject attributes, byte[] policy, ref TpmReader reader) =>
        new(attributes, policy, TpmtSymDef.Read(ref reader), TpmtScheme.Read(ref reader), reader.UInt16(), reader.UInt32(), reader.Sized().ToArray());

    private protected override void WriteParameters(ref TpmWriter writer)
    {
        Symmetric.Write(ref writer);
        Scheme.Write(ref writer);
        writer.UInt16(KeyBits);
        writer.UInt32(Exponent);
        writer.Sized(Modulus);
    }
}
