using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Seals;

/// <summary>
/// What somebody can make who may write the vault's file and has no PIN: a vault of the same id, generation and slot whose root key he
/// chose, wrapped to the public key that the token shows to everybody. Written from <c>Sealing/README.md</c> alone.
/// </summary>
internal static class FakeVault
{
    private const int IdAt = 10;
    private const int SlotsAt = IdAt + 16 + 8 + 4;

    /// <summary>
    /// Puts one in the place of the vault, which has a single slot of a token; no shares. What a ledger that takes it would remember of it.
    /// </summary>
    /// <param name="generation">Null: the genuine one's.</param>
    public static async Task<byte[]> PutAsync(SignerHome home, ulong? generation = null)
    {
        var genuine = await File.ReadAllBytesAsync(home.VaultFile);
        var id = genuine.AsSpan(IdAt, 16).ToArray();
        var (type, keyId) = ReadSlot(genuine);
        var root = RandomNumberGenerator.GetBytes(32);
        using var token = await ReadPublicKeyAsync(home.Token, keyId);
        var context = SHA256.HashData([.. Prefixed("remote-signer/vault/slot/v1"u8.ToArray()), .. Prefixed(id), type]);
        var wrapped = token.Encrypt(
            [.. root, .. SHA256.HashData(context)[..16]],
            type == 1 ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.OaepSHA1
        );
        if (generation is { } number)
        {
            BinaryPrimitives.WriteUInt64BigEndian(genuine.AsSpan(IdAt + 16), number);
        }

        byte[] header =
        [
            .. genuine[..SlotsAt],
            1,
            type,
            (byte)keyId.Length,
            .. keyId,
            3,
            .. "key"u8,
            0,
            0,
            .. BigEndian((ushort)wrapped.Length),
            .. wrapped,
            0,
            0,
            0,
            0,
            .. SHA256.HashData([]),
        ];
        var code = HMACSHA256.HashData(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, id, "remote-signer/vault/header/v1"u8.ToArray()),
            header
        );
        await File.WriteAllBytesAsync(home.VaultFile, [.. header, .. code]);
        return
        [
            1,
            .. id,
            .. HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, id, "remote-signer/vault/commitment/v1"u8.ToArray()),
            .. code,
            .. genuine[(IdAt + 16)..(IdAt + 24)],
            0,
        ];
    }

    private static (byte Type, byte[] KeyId) ReadSlot(byte[] vault)
    {
        Assert.Equal(1, vault[SlotsAt]);
        return (vault[SlotsAt + 1], vault.AsSpan(SlotsAt + 3, vault[SlotsAt + 2]).ToArray());
    }

    private static async Task<RSA> ReadPublicKeyAsync(SoftToken token, byte[] keyId)
    {
        var file = Path.GetTempFileName();
        try
        {
            var tool = new System.Diagnostics.ProcessStartInfo(
                "pkcs11-tool",
                [
                    "--module",
                    "/usr/lib/softhsm/libsofthsm2.so",
                    "--token-label",
                    SoftToken.Label,
                    "--read-object",
                    "--type",
                    "pubkey",
                    "--id",
                    Convert.ToHexStringLower(keyId),
                    "--output-file",
                    file,
                ]
            );
            token.Describe(tool.Environment);
            (await CommandResult.OfAsync(tool)).Succeeded();
            var key = RSA.Create();
            key.ImportSubjectPublicKeyInfo(await File.ReadAllBytesAsync(file), out _);
            return key;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Prefixed(byte[] part) => [(byte)part.Length, .. part];

    private static byte[] BigEndian(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
