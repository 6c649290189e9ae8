using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// How long the Keymanager API takes for keystores as Charon pushes them, scrypt with n = 2^18, r = 8, p = 1, all in one request. Charon
/// waits two seconds for each.
/// </summary>
internal static class KeystorePush
{
    public const double CharonSecondsPerKeystore = 2;

    public const string Password = "0123456789abcdef0123456789abcdef";

    private const int N = 1 << 18;

    /// <summary>Seconds from sending to the answer, and the most memory the signer had in use meanwhile, in MiB.</summary>
    public static async Task<(double Seconds, double PeakMiB)> MeasureAsync(BenchHome home, int count)
    {
        await home.EnablePushAsync();
        await using var signer = await home.StartAsync();
        using var pusher = await home.PusherAsync(signer);
        var keystores = Keystores(count);
        var started = Stopwatch.GetTimestamp();
        await BenchHome.PushAsync(pusher, keystores, Password);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, ProcessFigures.MemoryMiB(signer.Id, "VmHWM"));
    }

    // One salt for all: the writer derives once, the signer for each, which is what is measured.
    public static IReadOnlyList<string> Keystores(int count)
    {
        using var arena = new SecretArena();
        using var derived = arena.Allocate(32);
        var salt = RandomNumberGenerator.GetBytes(32);
        PasswordCrypto.Scrypt(Encoding.ASCII.GetBytes(Password), salt, N, 8, 1, 300L << 20, derived.Span);
        return [.. Enumerable.Range(0, count).Select(_ => Keystore(arena, derived, salt))];
    }

    private static string Keystore(SecretArena arena, SecretBytes derived, byte[] salt)
    {
        using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
        using var plain = arena.Allocate(BlsSecretKey.Length);
        key.WriteBigEndian(plain);
        byte[] iv = RandomNumberGenerator.GetBytes(16),
            cipher = new byte[32],
            publicKey = new byte[Bls.PublicKeyLength];
        key.WritePublicKey(publicKey);
        PasswordCrypto.Aes128Ctr(derived.Span[..16], iv, plain.Span, cipher);
        return $$$"""
            {"crypto":{"kdf":{"function":"scrypt","params":{"dklen":32,"n":{{{N}}},"r":8,"p":1,"salt":"{{{Convert.ToHexStringLower(
                salt
            )}}}"},"message":""},
            "checksum":{"function":"sha256","params":{},"message":"{{{Convert.ToHexStringLower(
                SHA256.HashData([.. derived.Span[16..], .. cipher])
            )}}}"},
            "cipher":{"function":"aes-128-ctr","params":{"iv":"{{{Convert.ToHexStringLower(iv)}}}"},"message":"{{{Convert.ToHexStringLower(
                cipher
            )}}}"}},
            "description":"","pubkey":"{{{Convert.ToHexStringLower(
                publicKey
            )}}}","path":"m/12381/3600/0/0/0","uuid":"{{{Guid.NewGuid()}}}","version":4}
            """;
    }
}
