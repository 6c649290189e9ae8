using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>A folder for key files, among them encrypted ones as SSV nodes write them: PBKDF2, AES-128-CTR, SHA-256.</summary>
internal sealed class KeyFileScene : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("operator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    public string Write(string text, string name = "key")
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>The bare <c>crypto</c> part of EIP-2335 around a PEM, and the public key beside it.</summary>
    public string WriteEncrypted(string pem, string password, string publicKey)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(32),
            iv = RandomNumberGenerator.GetBytes(16);
        var derived = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1000, HashAlgorithmName.SHA256, 32);
        var cipher = Counter(derived[..16], iv, Encoding.ASCII.GetBytes(pem));
        return Write(
            new JsonObject
            {
                ["checksum"] = Module("sha256", new JsonObject(), SHA256.HashData([.. derived[16..], .. cipher])),
                ["cipher"] = Module("aes-128-ctr", new JsonObject { ["iv"] = Convert.ToHexStringLower(iv) }, cipher),
                ["kdf"] = Module(
                    "pbkdf2",
                    new JsonObject
                    {
                        ["c"] = 1000,
                        ["dklen"] = 32,
                        ["prf"] = "hmac-sha256",
                        ["salt"] = Convert.ToHexStringLower(salt),
                    },
                    []
                ),
                ["pubKey"] = publicKey,
            }.ToJsonString()
        );
    }

    private static JsonObject Module(string function, JsonObject parameters, byte[] message) =>
        new()
        {
            ["function"] = function,
            ["params"] = parameters,
            ["message"] = Convert.ToHexStringLower(message),
        };

    // The counter is the whole block, big-endian.
    private static byte[] Counter(byte[] key, byte[] counter, byte[] text)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var number = new System.Numerics.BigInteger(counter, isUnsigned: true, isBigEndian: true);
        return
        [
            .. text.Chunk(16)
                .SelectMany(
                    (chunk, i) =>
                    {
                        var block = ((number + i) % (System.Numerics.BigInteger.One << 128)).ToByteArray(
                            isUnsigned: true,
                            isBigEndian: true
                        );
                        return chunk.Zip(aes.EncryptEcb([.. new byte[16 - block.Length], .. block], PaddingMode.None), (left, right) =>
                            (byte)(left ^ right)
                        );
                    }
                ),
        ];
    }
}
