using System.Numerics;
using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// Keystores whose scalars and passwords are known, a token whose PIN is known, and a signer made of them; all it prints is kept.
/// </summary>
internal sealed class SecretScene : IDisposable
{
    public const string Client = "client-that-a-scan-must-find";

    private const int KeyCount = 4;

    private readonly List<BlsPublicKey> _keys = [];
    private readonly SsvScene _ssv = new();

    public SecretScene()
    {
        var pin = RandomNumberGenerator.GetHexString(40, lowercase: true);
        Secrets.AddText("PIN", pin);
        Token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(Folder, "token")).FullName, pin);
        Directory.CreateDirectory(Keystores);
        using var arena = new SecretArena();
        for (var i = 0; i < KeyCount; i++)
        {
            WriteKeystore(arena, i);
        }

        AddOperator();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("remote-signer-secrets-").FullName;

    public string Data => Path.Combine(Folder, "data");

    public string Keystores => Path.Combine(Folder, "keystores");

    public SoftToken Token { get; }

    /// <summary>The RSA key of an SSV operator, PEM.</summary>
    public string OperatorKeyFile => _ssv.KeyFile;

    public Network Network { get; } = Network.Find("hoodi")!;

    public IReadOnlyList<BlsPublicKey> Keys => _keys;

    /// <summary>What must be nowhere.</summary>
    public SecretPatterns Secrets { get; } = new();

    /// <summary>The shares alone, of all that must be nowhere.</summary>
    public SecretPatterns Shares { get; } = new();

    /// <summary>Everything that was printed so far.</summary>
    public string Printed { get; private set; } = "";

    /// <summary>What must be found, to show that the same search over the same places finds what is there: the public keys.</summary>
    public SecretPatterns Controls()
    {
        var controls = new SecretPatterns();
        _keys.ForEach(key => controls.AddBytes(key.ToString(), [.. key.Bytes]));
        return controls;
    }

    /// <summary>Runs a verb, under another program if one is given.</summary>
    public async Task RunAsync(string[] program, params string[] arguments)
    {
        var result = (await SignerProcess.RunUnderAsync(program, Token, [.. arguments, "--data", Data])).Succeeded();
        Print(result.Output + result.Error);
    }

    /// <summary>Lets the client use SSV's endpoints.</summary>
    public void AllowSsv()
    {
        var file = Path.Combine(Data, "signer.json");
        var options = System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(file),
            documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true }
        )!;
        options["clients"]![Client]!["ssv"] = new System.Text.Json.Nodes.JsonArray("all");
        File.WriteAllText(file, options.ToJsonString());
    }

    public void Print(string text) => Printed += text;

    public void Dispose()
    {
        _ssv.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    // Every number of the key that gives it away, in pieces; its text; and the share that it opens.
    private void AddOperator()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(OperatorKeyFile));
        var key = rsa.ExportParameters(includePrivateParameters: true);
        foreach (var (name, number) in new[] { ("d", key.D!), ("p", key.P!), ("q", key.Q!), ("dp", key.DP!), ("dq", key.DQ!) })
        {
            foreach (var (i, piece) in number.Chunk(32).Index())
            {
                Secrets.AddScalar($"operator's {name}, piece {i}", piece);
            }
        }

        Secrets.AddText("operator's PEM", File.ReadLines(OperatorKeyFile).ElementAt(20));
        var encrypted = System.Text.Json.Nodes.JsonNode.Parse(SsvScene.Encrypted)!["share_keys"]![0]![
            "EncryptedPrivKey"
        ]!.GetValue<string>();
        var digits = System.Text.Encoding.ASCII.GetString(rsa.Decrypt(Convert.FromHexString(encrypted[2..]), RSAEncryptionPadding.Pkcs1));
        Secrets.AddScalar("SSV share", Convert.FromHexString(digits.StartsWith("0x", StringComparison.Ordinal) ? digits[2..] : digits));
    }

    private void WriteKeystore(SecretArena arena, int number)
    {
        using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
        using var scalar = arena.Allocate(BlsSecretKey.Length);
        key.WriteBigEndian(scalar);
        Secrets.AddScalar($"share {number}", scalar.Span.ToArray());
        Shares.AddScalar($"share {number}", scalar.Span.ToArray());
        Secrets.AddBytes($"digits of share {number}", Digits(new BigInteger(scalar.Span, isUnsigned: true, isBigEndian: true)));
        var password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 32);
        Secrets.AddText($"password {number}", password);
        KeystoreWriter.Write(arena, Keystores, number, key, password);
        var publicKey = new byte[BlsPublicKey.Length];
        key.WritePublicKey(publicKey);
        _keys.Add(new BlsPublicKey(publicKey));
    }

    // As bursts have them: the four words of bits of s, or of r − s where s is even, in base |z|.
    private static byte[] Digits(BigInteger scalar)
    {
        BigInteger z = 0xd201000000010000,
            order = BigInteger.Pow(z, 4) - BigInteger.Pow(z, 2) + 1;
        var rest = scalar.IsEven ? order - scalar : scalar;
        var digits = new BigInteger[4];
        for (var i = 0; i < digits.Length; i++)
        {
            rest = BigInteger.DivRem(rest, z, out digits[i]);
        }

        return
        [
            .. digits.SelectMany(
                (digit, i) =>
                    BitConverter.GetBytes((ulong)((digit / 2) + (BigInteger.One << 63) - (i < 3 && digits[i + 1].IsEven ? z / 2 : 0)))
            ),
        ];
    }
}
