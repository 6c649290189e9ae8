using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;
using Net.Pkcs11Interop.LowLevelAPI80.MechanismParams;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>A PKCS#11 mechanism with its parameter block in pinned memory, alive as long as this object is.</summary>
internal sealed class Mechanism
{
    private readonly byte[][] _memory;
    private readonly CK_MECHANISM _value;

    private Mechanism(CKM type, byte[] parameter, params byte[][] memory)
    {
        _memory = [parameter, .. memory];
        _value = new CK_MECHANISM
        {
            Mechanism = (ulong)type,
            Parameter = parameter.Length == 0 ? 0 : Template.Address(parameter),
            ParameterLen = (ulong)parameter.Length,
        };
    }

    /// <summary>The structure by value: the module gets a copy whose pointers lead into this object's memory.</summary>
    internal CK_MECHANISM Value => _value;

    internal static Mechanism Plain(CKM type) => new(type, []);

    /// <summary>RSA-OAEP with MGF1 of the same hash and no label: labels are not portable, .NET's RSA has none.</summary>
    internal static Mechanism Oaep(bool sha256) =>
        new(
            CKM.CKM_RSA_PKCS_OAEP,
            Block(
                new CK_RSA_PKCS_OAEP_PARAMS
                {
                    HashAlg = (ulong)(sha256 ? CKM.CKM_SHA256 : CKM.CKM_SHA_1),
                    Mgf = (ulong)(sha256 ? CKG.CKG_MGF1_SHA256 : CKG.CKG_MGF1_SHA1),
                    Source = (ulong)CKZ.CKZ_DATA_SPECIFIED,
                }
            )
        );

    /// <summary>
    /// AES-GCM over <paramref name="pinnedIv"/>, which the token may overwrite with its own IV when <paramref name="ivBits"/> is 0.
    /// </summary>
    internal static Mechanism Gcm(byte[] pinnedIv, int ivBits, ReadOnlySpan<byte> associated, int tagBits)
    {
        var pinnedAssociated = Template.Pinned(associated);
        var block = Block(
            new CK_GCM_PARAMS
            {
                Iv = Template.Address(pinnedIv),
                IvLen = (ulong)pinnedIv.Length,
                IvBits = (ulong)ivBits,
                AAD = Template.Address(pinnedAssociated),
                AADLen = (ulong)associated.Length,
                TagBits = (ulong)tagBits,
            }
        );
        return new Mechanism(CKM.CKM_AES_GCM, block, pinnedIv, pinnedAssociated);
    }

    /// <summary>Keeps the parameter memory alive up to this call.</summary>
    internal void KeepAlive() => GC.KeepAlive(_memory);

    private static byte[] Block<T>(T parameters)
        where T : unmanaged
    {
        var block = GC.AllocateUninitializedArray<byte>(Marshal.SizeOf<T>(), pinned: true);
        MemoryMarshal.Write(block, in parameters);
        return block;
    }
}
