using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Sealing;

/// <summary>Makes and removes key-encryption keys inside a token: sensitive, not extractable, for decryption only.</summary>
internal static class KeyGeneration
{
    private const int IdLength = 16;

    /// <summary>65537, of every RSA key that is made here.</summary>
    internal static byte[] PublicExponent => [1, 0, 1];

    /// <summary>Makes a key for this mechanism and gives its random <c>CKA_ID</c>.</summary>
    internal static byte[] Generate(Pkcs11Session login, HsmProfile profile, VaultSlotType mechanism, string label)
    {
        using var session = login.OpenReadWrite();
        var id = RandomNumberGenerator.GetBytes(IdLength);
        if (mechanism == VaultSlotType.Pkcs11AesGcm)
        {
            session.GenerateKey(
                Mechanism.Plain(CKM.CKM_AES_KEY_GEN),
                Secret(profile.KeyTemplate, id, label).With(CKA.CKA_ENCRYPT, true).With(CKA.CKA_VALUE_LEN, 32UL)
            );
        }
        else
        {
            session.GenerateKeyPair(
                Mechanism.Plain(CKM.CKM_RSA_PKCS_KEY_PAIR_GEN),
                Public(profile, id, label),
                Secret(profile.KeyTemplate, id, label)
            );
        }

        return id;
    }

    /// <summary>What the token says of a key must be what was asked: a token that ignores the template gives no protection.</summary>
    /// <exception cref="TokenException">The key can leave the token.</exception>
    internal static void CheckStaysInside(Pkcs11Session session, VaultSlotType mechanism, byte[] id)
    {
        var key = session.Get(SecretKind(mechanism), id);
        if (session.ReadAttribute(key, CKA.CKA_EXTRACTABLE) is not [0] || session.ReadAttribute(key, CKA.CKA_SENSITIVE) is not [1])
        {
            throw new TokenException(
                TokenFault.Refused,
                "the token made a key that can leave it",
                "set the partition's policy to non-extractable keys, or use another token"
            );
        }
    }

    /// <summary>Removes what <see cref="Generate"/> made.</summary>
    internal static void Destroy(Pkcs11Session login, VaultSlotType mechanism, byte[] id)
    {
        using var session = login.OpenReadWrite();
        foreach (var kind in new[] { SecretKind(mechanism), CKO.CKO_PUBLIC_KEY })
        {
            if (session.Find(kind, id) is var key and not 0)
            {
                session.Destroy(key);
            }
        }
    }

    private static CKO SecretKind(VaultSlotType mechanism) =>
        mechanism == VaultSlotType.Pkcs11AesGcm ? CKO.CKO_SECRET_KEY : CKO.CKO_PRIVATE_KEY;

    private static Template Public(HsmProfile profile, byte[] id, string label) =>
        Add(new Template(), profile.KeyTemplate, (CKA.CKA_TOKEN, true), (CKA.CKA_ENCRYPT, true))
            .With(CKA.CKA_MODULUS_BITS, (ulong)profile.Rsa.Bits)
            .With(CKA.CKA_PUBLIC_EXPONENT, PublicExponent)
            .With(CKA.CKA_ID, id)
            .WithLabel(profile.KeyTemplate, label);

    private static Template Secret(HsmKeyTemplate quirks, byte[] id, string label) =>
        Add(
                new Template(),
                quirks,
                [
                    (CKA.CKA_TOKEN, true),
                    (CKA.CKA_PRIVATE, true),
                    (CKA.CKA_SENSITIVE, true),
                    (CKA.CKA_EXTRACTABLE, false),
                    (CKA.CKA_DECRYPT, true),
                    .. quirks.ExtraAttributes(),
                ]
            )
            .With(CKA.CKA_ID, id)
            .WithLabel(quirks, label);

    private static Template Add(Template template, HsmKeyTemplate quirks, params (CKA Attribute, bool Value)[] attributes)
    {
        foreach (var (attribute, value) in attributes.Where(pair => quirks.Sends(pair.Attribute)))
        {
            template.With(attribute, value);
        }

        return template;
    }

    private static Template WithLabel(this Template template, HsmKeyTemplate quirks, string label) =>
        quirks.Sends(CKA.CKA_LABEL) ? template.With(CKA.CKA_LABEL, label) : template;
}
