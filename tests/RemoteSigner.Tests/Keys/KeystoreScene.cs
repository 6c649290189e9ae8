using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

/// <summary>An arena, a folder, and keystores whose key derivation costs next to nothing.</summary>
internal sealed class KeystoreScene : IDisposable
{
    internal SecretArena Arena { get; } = new();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("keystores").FullName;

    internal SecretBytes Secret(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var secret = Arena.Allocate(bytes.Length);
        bytes.CopyTo(secret.Span);
        return secret;
    }

    /// <summary>A keystore of a fresh key under this password, which must be in normal form.</summary>
    internal (JsonObject Json, BlsPublicKey PublicKey) NewKeystore(string password)
    {
        using var key = BlsSecretKey.Generate(Arena, RandomNumberGenerator.GetBytes(32));
        using var secret = Secret(password);
        return NewKeystore(secret, key);
    }

    /// <summary>The same for a given key; neither key nor password is ever in managed memory.</summary>
    internal (JsonObject Json, BlsPublicKey PublicKey) NewKeystore(SecretBytes password, BlsSecretKey key)
    {
        using var secret = Arena.Allocate(32);
        key.WriteBigEndian(secret);
        var publicKey = new byte[48];
        key.WritePublicKey(publicKey);
        byte[] salt = RandomNumberGenerator.GetBytes(32),
            iv = RandomNumberGenerator.GetBytes(16),
            cipher = new byte[32];
        using var derived = Arena.Allocate(32);
        PasswordCrypto.Pbkdf2(password.Span, salt, 1, derived.Span);
        PasswordCrypto.Aes128Ctr(derived.Span[..16], iv, secret.Span, cipher);
        var json = new JsonObject
        {
            ["crypto"] = new JsonObject
            {
                ["kdf"] = Module(
                    "pbkdf2",
                    new JsonObject
                    {
                        ["dklen"] = 32,
                        ["c"] = 1,
                        ["prf"] = "hmac-sha256",
                        ["salt"] = Convert.ToHexStringLower(salt),
                    },
                    ""
                ),
                ["checksum"] = Module("sha256", [], Convert.ToHexStringLower(SHA256.HashData([.. derived.Span[16..], .. cipher]))),
                ["cipher"] = Module(
                    "aes-128-ctr",
                    new JsonObject { ["iv"] = Convert.ToHexStringLower(iv) },
                    Convert.ToHexStringLower(cipher)
                ),
            },
            ["description"] = "made by a test",
            ["pubkey"] = Convert.ToHexStringLower(publicKey),
            ["path"] = "",
            ["uuid"] = Guid.NewGuid().ToString(),
            ["version"] = 4,
        };
        return (json, new BlsPublicKey(publicKey));
    }

    internal string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        Arena.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static JsonObject Module(string function, JsonObject parameters, string message) =>
        new()
        {
            ["function"] = function,
            ["params"] = parameters,
            ["message"] = message,
        };
}
