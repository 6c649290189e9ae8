using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

public sealed class KeystoreTests : IDisposable
{
    private readonly KeystoreScene _scene = new();

    public void Dispose() => _scene.Dispose();

    public static IEnumerable<TheoryDataRow<string>> Eip2335() => Vectors.Files("eip2335/keystore_test_vectors");

    /// <summary>
    /// EIP-2335 "Test Cases": one password in mathematical letters, which NFKD makes ASCII, and a key emoji, which it leaves alone.
    /// </summary>
    [Theory]
    [MemberData(nameof(Eip2335))]
    public void Opens_the_vectors_of_the_specification(string file)
    {
        using var password = _scene.Secret("𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑");
        using var key = Keystore.Parse(File.ReadAllBytes(Vectors.Path(file))).Decrypt(password, _scene.Arena);

        Assert.Equal("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", Scalar(key));
    }

    [Fact]
    public void Knows_how_much_memory_scrypt_will_take()
    {
        var keystore = Keystore.Parse(File.ReadAllBytes(Vectors.Path("eip2335/keystore_test_vectors/test1.json")));

        Assert.InRange(keystore.MemoryBytes, 256L << 20, 257L << 20);
    }

    [Fact]
    public void A_wrong_password_is_named_as_such()
    {
        using var wrong = _scene.Secret("other");

        Assert.Equal(KeystoreFault.WrongPassword, Fault(() => Parse(_scene.NewKeystore("right").Json).Decrypt(wrong, _scene.Arena)));
    }

    [Fact]
    public void A_foreign_public_key_is_named_as_such()
    {
        var (json, _) = _scene.NewKeystore("right");
        json["pubkey"] = _scene.NewKeystore("right").PublicKey.ToString();
        using var password = _scene.Secret("right");

        Assert.Equal(KeystoreFault.ForeignPublicKey, Fault(() => Parse(json).Decrypt(password, _scene.Arena)));
    }

    [Fact]
    public void Optional_members_may_be_missing_and_unknown_ones_are_passed_over()
    {
        var (json, publicKey) = _scene.NewKeystore("right");
        foreach (var name in new[] { "pubkey", "path", "description", "uuid" })
        {
            json.Remove(name);
        }

        json["name"] = "an old client wrote this";
        using var password = _scene.Secret("right\n");
        using var key = Parse(json).Decrypt(password, _scene.Arena);

        Assert.Equal(publicKey, PublicKey(key));
    }

    [Fact]
    public void Hex_may_carry_a_prefix_and_capitals()
    {
        var (json, publicKey) = _scene.NewKeystore("right");
        json["pubkey"] = publicKey.ToString();
        json["crypto"]!["cipher"]!["message"] = "0x" + json["crypto"]!["cipher"]!["message"]!.GetValue<string>().ToUpperInvariant();
        using var password = _scene.Secret("right");
        using var key = Parse(json).Decrypt(password, _scene.Arena);

        Assert.Equal(publicKey, PublicKey(key));
    }

    [Theory]
    [InlineData("version", "3", KeystoreFault.Unsupported)]
    [InlineData("version", "\"4\"", KeystoreFault.Malformed)]
    [InlineData("version", "null", KeystoreFault.Malformed)]
    [InlineData("uuid", "\"no uuid\"", KeystoreFault.Malformed)]
    [InlineData("pubkey", "\"abcd\"", KeystoreFault.Malformed)]
    [InlineData("crypto", "[]", KeystoreFault.Malformed)]
    [InlineData("crypto.kdf.function", "\"argon2\"", KeystoreFault.Unsupported)]
    [InlineData("crypto.kdf.params.dklen", "31", KeystoreFault.Malformed)]
    [InlineData("crypto.kdf.params.dklen", "32.5", KeystoreFault.Malformed)]
    [InlineData("crypto.kdf.params.c", "0", KeystoreFault.Malformed)]
    [InlineData("crypto.kdf.params.c", "4294967296", KeystoreFault.Malformed)]
    [InlineData("crypto.kdf.params.prf", "\"hmac-sha1\"", KeystoreFault.Unsupported)]
    [InlineData("crypto.kdf.params.salt", "\"xyz\"", KeystoreFault.Malformed)]
    [InlineData("crypto.checksum.function", "\"md5\"", KeystoreFault.Unsupported)]
    [InlineData("crypto.checksum.message", "\"00\"", KeystoreFault.Malformed)]
    [InlineData("crypto.cipher.function", "\"aes-256-ctr\"", KeystoreFault.Unsupported)]
    [InlineData("crypto.cipher.params.iv", "\"00\"", KeystoreFault.Malformed)]
    [InlineData("crypto.cipher.message", "\"0011\"", KeystoreFault.Malformed)]
    public void Refuses_what_the_specification_does_not_allow(string path, string value, KeystoreFault fault)
    {
        var (json, _) = _scene.NewKeystore("right");
        JsonNode parent = json;
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            parent = parent[name]!;
        }

        parent[names[^1]] = JsonNode.Parse(value);

        Assert.Equal(fault, Fault(() => Parse(json)));
    }

    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"version":4,"version":4}""")]
    [InlineData("""{"version":4""")]
    public void Refuses_what_is_not_JSON(string text) =>
        Assert.Equal(KeystoreFault.Malformed, Fault(() => Keystore.Parse(System.Text.Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData(3, 8, 1)]
    [InlineData(1, 8, 1)]
    [InlineData(65536, 1, 1)]
    [InlineData(262144, 64, 1)]
    [InlineData(16777216, 8, 1)]
    [InlineData(1024, 65536, 16)]
    [InlineData(262144, 8, 17)]
    public void Refuses_scrypt_parameters_that_are_unlawful_or_eat_the_machine(int n, int r, int p)
    {
        var (json, _) = _scene.NewKeystore("right");
        json["crypto"]!["kdf"]!["function"] = "scrypt";
        json["crypto"]!["kdf"]!["params"] = new JsonObject
        {
            ["dklen"] = 32,
            ["n"] = n,
            ["r"] = r,
            ["p"] = p,
            ["salt"] = "00",
        };

        Assert.Equal(KeystoreFault.Malformed, Fault(() => Parse(json)));
    }

    [Fact]
    public void Refuses_a_doubled_member()
    {
        var text = _scene
            .NewKeystore("right")
            .Json.ToJsonString()
            .Replace("{\"crypto\"", "{\"version\":4,\"crypto\"", StringComparison.Ordinal);

        Assert.Equal(KeystoreFault.Malformed, Fault(() => Keystore.Parse(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Any_bytes_are_a_keystore_or_a_named_fault()
    {
        var valid = Encoding.UTF8.GetBytes(_scene.NewKeystore("right").Json.ToJsonString());
        var mutated = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[0, valid.Length], (at, value, length) =>
        {
            var bytes = (byte[])valid.Clone();
            bytes[at] = value;
            return bytes[..(length % 3 == 0 ? length : bytes.Length)];
        });
        Gen.OneOf(mutated, Gen.Byte.Array[0, 200])
            .Sample(
                bytes =>
                {
                    try
                    {
                        Assert.NotNull(Keystore.Parse(bytes));
                    }
                    catch (KeystoreException e)
                    {
                        Assert.NotEmpty(e.Hint);
                    }
                },
                iter: 20_000
            );
    }

    private static Keystore Parse(JsonObject json) => Keystore.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static KeystoreFault Fault(Func<object> act) => Assert.Throws<KeystoreException>(act).Fault;

    private static BlsPublicKey PublicKey(BlsSecretKey key)
    {
        Span<byte> publicKey = stackalloc byte[48];
        key.WritePublicKey(publicKey);
        return new BlsPublicKey(publicKey);
    }

    private string Scalar(BlsSecretKey key)
    {
        using var bytes = _scene.Arena.Allocate(32);
        key.WriteBigEndian(bytes);
        return Convert.ToHexStringLower(bytes.Span);
    }
}
