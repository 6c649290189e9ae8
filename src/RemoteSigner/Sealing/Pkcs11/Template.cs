using System.Runtime.InteropServices;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// A list of PKCS#11 attributes whose values lie in pinned arrays, so that nothing has to be freed. Never holds a secret.
/// </summary>
internal sealed class Template
{
    private readonly List<CK_ATTRIBUTE> _attributes = [];
    private readonly List<byte[]> _values = [];

    internal CK_ATTRIBUTE[] Attributes => [.. _attributes];

    internal ulong Count => (ulong)_attributes.Count;

    internal Template With(CKA attribute, bool value) => With(attribute, [(byte)(value ? 1 : 0)]);

    internal Template With(CKA attribute, ulong value) => With(attribute, BitConverter.GetBytes(value));

    internal Template With(CKA attribute, string value) => With(attribute, Encoding.UTF8.GetBytes(value));

    internal Template With(CKA attribute, ReadOnlySpan<byte> value)
    {
        var pinned = Pinned(value);
        _values.Add(pinned);
        _attributes.Add(
            new CK_ATTRIBUTE
            {
                type = (ulong)attribute,
                value = Address(pinned),
                valueLen = (ulong)value.Length,
            }
        );
        return this;
    }

    internal static byte[] Pinned(ReadOnlySpan<byte> value)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(value.Length, pinned: true);
        value.CopyTo(pinned);
        return pinned;
    }

    internal static nint Address(byte[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
