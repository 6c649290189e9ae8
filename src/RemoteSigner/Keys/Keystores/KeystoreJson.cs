using System.Numerics;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>Reads the JSON of EIP-2335, member by member, each within bounds.</summary>
internal static class KeystoreJson
{
    private const int MinKeyLength = 32;
    private const int MaxKeyLength = 64;
    private const int MaxSalt = 256;
    private const int SecretLength = 32;
    private const int MaxOperatorSecret = 2000;
    private const int MaxText = 4096;

    private const int MaxDepth = 8;

    internal static Keystore Read(ReadOnlySpan<byte> json) => Read(json, Read);

    /// <summary>SSV keeps an operator's key as the bare <c>crypto</c> part of a keystore, the secret being a PEM.</summary>
    internal static KeystoreCrypto ReadOperator(ReadOnlySpan<byte> json) => Read(json, root => ReadCrypto(root, 1, MaxOperatorSecret));

    private static T Read<T>(ReadOnlySpan<byte> json, Func<JsonElement, T> read)
    {
        if (json.Length > Keystore.MaxBytes)
        {
            throw Malformed($"it has {json.Length} bytes, at most {Keystore.MaxBytes} are read");
        }

        try
        {
            return StrictJson.Read(json.ToArray(), MaxDepth, read);
        }
        catch (JsonException e)
        {
            throw Malformed("it is not JSON, or a member appears twice", e);
        }
    }

    private static Keystore Read(JsonElement root)
    {
        var version = Number(root, "version", "version", 0, int.MaxValue);
        if (version != 4)
        {
            throw Unsupported($"its version is {version}, EIP-2335 has 4");
        }

        var crypto = ReadCrypto(Object(root, "crypto", "crypto"), SecretLength, Keystore.MaxBytes);
        if (crypto.Cipher.Length > SecretLength)
        {
            throw root.TryGetProperty("pubkey", out _)
                ? Malformed($"crypto.cipher.message is not {SecretLength} bytes of hex")
                : PrysmAccounts.Fault();
        }

        return new Keystore(crypto)
        {
            PublicKey = ReadPublicKey(root),
            Path = OptionalText(root, "path"),
            Description = OptionalText(root, "description"),
            Uuid = ReadUuid(root),
            Name = root.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? Unescaped(name, "name") : null,
        };
    }

    private static KeystoreCrypto ReadCrypto(JsonElement crypto, int least, int most)
    {
        Expect(crypto, "checksum", "sha256");
        Expect(crypto, "cipher", "aes-128-ctr");
        return new KeystoreCrypto(
            ReadKdf(Object(crypto, "kdf", "crypto.kdf")),
            Bytes(Object(crypto, "checksum", "crypto.checksum"), "message", "crypto.checksum.message", 32, 32),
            Bytes(
                Object(Object(crypto, "cipher", "crypto.cipher"), "params", "crypto.cipher.params"),
                "iv",
                "crypto.cipher.params.iv",
                16,
                16
            ),
            Bytes(Object(crypto, "cipher", "crypto.cipher"), "message", "crypto.cipher.message", least, most)
        );
    }

    private static KeystoreKdf ReadKdf(JsonElement kdf)
    {
        var parameters = Object(kdf, "params", "crypto.kdf.params");
        var salt = Bytes(parameters, "salt", "crypto.kdf.params.salt", 1, MaxSalt);
        var length = Number(parameters, "dklen", "crypto.kdf.params.dklen", MinKeyLength, MaxKeyLength);
        return Text(kdf, "function", "crypto.kdf.function") switch
        {
            "scrypt" => ReadScrypt(parameters, salt, length),
            "pbkdf2" => ReadPbkdf2(parameters, salt, length),
            var other => throw Unsupported($"crypto.kdf.function is '{Shown(other)}', EIP-2335 has scrypt and pbkdf2"),
        };
    }

    private static KeystoreKdf.Scrypt ReadScrypt(JsonElement parameters, byte[] salt, int length)
    {
        var n = Number(parameters, "n", "crypto.kdf.params.n", 2, 1 << 24);
        var r = Number(parameters, "r", "crypto.kdf.params.r", 1, 1 << 16);
        var p = Number(parameters, "p", "crypto.kdf.params.p", 1, KeystoreKdf.Scrypt.MaxParallel);
        var kdf = new KeystoreKdf.Scrypt(salt, length, n, r, p);
        if (!BitOperations.IsPow2(n))
        {
            throw Malformed("crypto.kdf.params.n is no power of two");
        }

        // RFC 7914 §2: n < 2^(128·r/8); only r = 1 comes near it.
        if (r == 1 && n >= 1 << 16)
        {
            throw Malformed("crypto.kdf.params.n is below 65536 where r is 1");
        }

        return kdf.MemoryBytes <= KeystoreKdf.Scrypt.MaxMemory + (1 << 20)
            ? kdf
            : throw Malformed(
                $"scrypt would take {kdf.MemoryBytes >> 20} MiB of memory, at most {KeystoreKdf.Scrypt.MaxMemory >> 20} are lent"
            );
    }

    private static KeystoreKdf.Pbkdf2 ReadPbkdf2(JsonElement parameters, byte[] salt, int length)
    {
        var prf = Text(parameters, "prf", "crypto.kdf.params.prf");
        return prf == "hmac-sha256"
            ? new KeystoreKdf.Pbkdf2(salt, length, Number(parameters, "c", "crypto.kdf.params.c", 1, KeystoreKdf.Pbkdf2.MaxIterations))
            : throw Unsupported($"crypto.kdf.params.prf is '{Shown(prf)}', EIP-2335 has hmac-sha256");
    }

    private static void Expect(JsonElement crypto, string module, string function)
    {
        var found = Text(Object(crypto, module, $"crypto.{module}"), "function", $"crypto.{module}.function");
        if (found != function)
        {
            throw Unsupported($"crypto.{module}.function is '{Shown(found)}', EIP-2335 has {function}");
        }
    }

    private static BlsPublicKey? ReadPublicKey(JsonElement root) =>
        OptionalText(root, "pubkey") is { Length: > 0 } text
            ? BlsPublicKey.TryParse(text, out var key)
                ? key
                : throw Malformed("pubkey is not 48 bytes of hex")
            : null;

    private static Guid? ReadUuid(JsonElement root) =>
        OptionalText(root, "uuid") is { Length: > 0 } text
            ? Guid.TryParse(text, out var uuid)
                ? uuid
                : throw Malformed("uuid is no UUID")
            : null;

    private static JsonElement Member(JsonElement parent, string name, string path) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw Malformed($"{path} is missing");

    private static JsonElement Object(JsonElement parent, string name, string path) =>
        Member(parent, name, path) is { ValueKind: JsonValueKind.Object } member ? member : throw Malformed($"{path} is no object");

    private static string Text(JsonElement parent, string name, string path) =>
        Member(parent, name, path) is { ValueKind: JsonValueKind.String } member
            ? Unescaped(member, path)
            : throw Malformed($"{path} is no text");

    private static string? OptionalText(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? Text(root, name, name) : null;

    private static string Unescaped(JsonElement member, string path)
    {
        try
        {
            return member.GetString() is { Length: <= MaxText } text ? text : throw Malformed($"{path} has more than {MaxText} characters");
        }
        catch (InvalidOperationException e)
        {
            throw Malformed($"{path} is not valid text", e);
        }
    }

    private static int Number(JsonElement parent, string name, string path, int least, int most) =>
        Member(parent, name, path) is { ValueKind: JsonValueKind.Number } member
        && member.TryGetInt32(out var number)
        && number >= least
        && number <= most
            ? number
            : throw Malformed($"{path} is no whole number from {least} to {most}");

    private static byte[] Bytes(JsonElement parent, string name, string path, int least, int most) =>
        Hex.TryParse(Text(parent, name, path), out byte[]? bytes) && bytes.Length >= least && bytes.Length <= most
            ? bytes
            : throw Malformed(least == most ? $"{path} is not {least} bytes of hex" : $"{path} is not {least} to {most} bytes of hex");

    private static string Shown(string text) => text.Length <= 32 && !text.Any(char.IsControl) ? text : "…";

    private static KeystoreException Malformed(string why, Exception? cause = null) =>
        new(
            KeystoreFault.Malformed,
            $"the keystore is malformed: {why}",
            "check that this is an EIP-2335 keystore, and restore it from a backup",
            cause
        );

    private static KeystoreException Unsupported(string why) =>
        new(KeystoreFault.Unsupported, $"the keystore is not supported: {why}", "make a version 4 keystore with a current tool");
}
