using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Native;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// How long the Keymanager API takes for keystores as Charon pushes them, scrypt with n = 2^18, r = 8, p = 1, all in one request. Charon waits two seconds for each.
/// </summary>
internal static class KeystorePush
{
    public const double CharonSecondsPerKeystore = 2;

    private const int N = 1 << 18;
    private const string Password = "0123456789abcdef0123456789abcdef";

    /// <summary>Seconds from sending to the answer, and the most memory the signer had in use meanwhile, in MiB.</summary>
    public static async Task<(double Seconds, double PeakMiB)> MeasureAsync(string folder, SoftToken token, string network, int count)
    {
        var data = Path.Combine(folder, "data");
        (await SignerProcess.RunAsync(token, "init", "--data", data, "--network", network, "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", "charon")).Succeeded();
        (await SignerProcess.RunAsync(token, "keymanager", "token", "--data", data)).Succeeded();
        var options = Path.Combine(data, "signer.json");
        await File.WriteAllTextAsync(options, (await File.ReadAllTextAsync(options)).Replace("\"charon\": { ", "\"charon\": { \"manageKeys\": true, ", StringComparison.Ordinal));
        await using var signer = await SignerProcess.StartAsync(data, token);
        using var client = ClientCertificate.Connect(signer, data, "charon");
        client.Timeout = TimeSpan.FromHours(1);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(Path.Combine(data, "keymanager.token")));
        using var content = new StringContent(Body(count), Encoding.UTF8, "application/json");
        var started = Stopwatch.GetTimestamp();
        var answer = await client.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return answer.Status == System.Net.HttpStatusCode.OK ? (seconds, ProcessFigures.MemoryMiB(signer.Id, "VmHWM")) : throw new InvalidOperationException($"the push was answered {answer.Status}: {answer.Text}");
    }

    // One salt for all: the writer derives once, the signer for each, which is what is measured.
    public static string Body(int count)
    {
        using var arena = new SecretArena();
        using var derived = arena.Allocate(32);
        var salt = RandomNumberGenerator.GetBytes(32);
        PasswordCrypto.Scrypt(Encoding.ASCII.GetBytes(Password), salt, N, 8, 1, 300L << 20, derived.Span);
        return new JsonObject
        {
            ["keystores"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => (JsonNode)Keystore(arena, derived, salt))]),
            ["passwords"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => (JsonNode)Password)]),
        }.ToJsonString();
    }

    private static string Keystore(SecretArena arena, SecretBytes derived, byte[] salt)
    {
        using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
        using var plain = arena.Allocate(BlsSecretKey.Length);
        key.WriteBigEndian(plain);
        byte[] iv = RandomNumberGenerator.GetBytes(16), cipher = new byte[32], publicKey = new byte[Bls.PublicKeyLength];
        key.WritePublicKey(publicKey);
        PasswordCrypto.Aes128Ctr(derived.Span[..16], iv, plain.Span, cipher);
        return $$$"""
            {"crypto":{"kdf":{"function":"scrypt","params":{"dklen":32,"n":{{{N}}},"r":8,"p":1,"salt":"{{{Convert.ToHexStringLower(salt)}}}"},"message":""},
            "checksum":{"function":"sha256","params":{},"message":"{{{Convert.ToHexStringLower(SHA256.HashData([.. derived.Span[16..], .. cipher]))}}}"},
            "cipher":{"function":"aes-128-ctr","params":{"iv":"{{{Convert.ToHexStringLower(iv)}}}"},"message":"{{{Convert.ToHexStringLower(cipher)}}}"}},
            "description":"","pubkey":"{{{Convert.ToHexStringLower(publicKey)}}}","path":"m/12381/3600/0/0/0","uuid":"{{{Guid.NewGuid()}}}","version":4}
            """;
    }
}
