using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>Writes EIP-2335 keystores with few PBKDF2 rounds: quick to open, for throwaway keys only.</summary>
public static class KeystoreWriter
{
    /// <summary>Writes keystores with new keys into a folder and gives the public keys.</summary>
    public static IReadOnlyList<BlsPublicKey> WriteNew(string folder, int count, string password)
    {
        using var arena = new SecretArena();
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(number =>
                {
                    using var secret = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
                    return WriteOne(arena, folder, number, secret, password);
                }),
        ];
    }

    /// <summary>Writes keystores with these keys (32 bytes each) into a folder and gives the public keys.</summary>
    public static IReadOnlyList<BlsPublicKey> Write(string folder, IEnumerable<byte[]> secrets, string password)
    {
        using var arena = new SecretArena();
        return
        [
            .. secrets.Select(
                (bytes, number) =>
                {
                    using var secret = BlsSecretKey.FromBigEndian(arena, bytes);
                    return WriteOne(arena, folder, number, secret, password);
                }
            ),
        ];
    }

    /// <summary>Writes <c>keystore-N.json</c> and <c>keystore-N.txt</c>, Charon's layout.</summary>
    public static void Write(SecretArena arena, string folder, int number, BlsSecretKey secret, string password)
    {
        File.WriteAllText(Path.Combine(folder, $"keystore-{number}.txt"), password);
        File.WriteAllText(Path.Combine(folder, $"keystore-{number}.json"), Text(arena, secret, password, $"m/12381/3600/{number}/0/0"));
    }

    /// <summary>A new key and its keystore.</summary>
    public static (BlsPublicKey Key, string Json) New(string password, string path = "")
    {
        using var arena = new SecretArena();
        using var secret = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
        var publicKey = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(publicKey);
        return (new BlsPublicKey(publicKey), Text(arena, secret, password, path));
    }

    private static string Text(SecretArena arena, BlsSecretKey secret, string password, string path)
    {
        Span<byte> publicKey = stackalloc byte[Bls.PublicKeyLength];
        secret.WritePublicKey(publicKey);
        byte[] salt = RandomNumberGenerator.GetBytes(32),
            iv = RandomNumberGenerator.GetBytes(16),
            cipher = new byte[32];
        using var plain = arena.Allocate(32);
        using var derived = arena.Allocate(32);
        secret.WriteBigEndian(plain);
        PasswordCrypto.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 1024, derived.Span);
        PasswordCrypto.Aes128Ctr(derived.Span[..16], iv, plain.Span, cipher);
        var checksum = SHA256.HashData([.. derived.Span[16..], .. cipher]);
        return $$$"""
            {"crypto":{"kdf":{"function":"pbkdf2","params":{"dklen":32,"c":1024,"prf":"hmac-sha256","salt":"{{{Hex(salt)}}}"},"message":""},
            "checksum":{"function":"sha256","params":{},"message":"{{{Hex(checksum)}}}"},
            "cipher":{"function":"aes-128-ctr","params":{"iv":"{{{Hex(iv)}}}"},"message":"{{{Hex(cipher)}}}"}},
            "description":"throwaway","pubkey":"{{{Hex(publicKey)}}}","path":"{{{path}}}","uuid":"{{{Guid.NewGuid()}}}","version":4}
            """;
    }

    private static BlsPublicKey WriteOne(SecretArena arena, string folder, int number, BlsSecretKey secret, string password)
    {
        Directory.CreateDirectory(folder);
        Write(arena, folder, number, secret, password);
        var publicKey = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(publicKey);
        return new BlsPublicKey(publicKey);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
