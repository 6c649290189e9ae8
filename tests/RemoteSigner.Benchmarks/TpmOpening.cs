using System.Diagnostics;
using System.Security.Cryptography;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Benchmarks;

/// <summary>What opening a vault of a thousand shares costs under a software TPM: the unsealing, which is the hardware's part and one operation, and the shares.</summary>
/// <param name="UnsealMilliseconds">From nothing to the root key, connection, sessions and policy included; median.</param>
/// <param name="SharesMilliseconds">Decrypting all shares and checking secret·G1 of each; median.</param>
internal sealed record TpmOpening(double UnsealMilliseconds, double SharesMilliseconds)
{
    public const int Shares = 1000;
    private const int Rounds = 15;

    public static async Task<TpmOpening> MeasureAsync(string folder)
    {
        using var software = await SoftwareTpm.StartAsync(Directory.CreateDirectory(folder).FullName);
        using var arena = new SecretArena();
        using var tpm = new SealingTpm(software.Address, new ApprovalFolder(Path.Combine(folder, "approvals")), new PinSource.FromFile("none"), null, arena);
        var path = Path.Combine(folder, "vault");
        await MakeAsync(path, tpm, arena);
        var (unseals, shares) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            using var vault = await Vault.OpenAsync(path, arena, (await tpm.FindKeyAsync(Vault.List(path).Slots))!);
            unseals.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            foreach (var share in vault.OpenShares())
            {
                share.Dispose();
            }

            shares.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return new TpmOpening(Median(unseals), Median(shares));
    }

    private static async Task MakeAsync(string path, SealingTpm tpm, SecretArena arena)
    {
        using var release = ReleaseKey.Generate();
        var provisioning = new TpmProvisioning(tpm, release, TpmlPcrSelection.Sha256(7), wantsPin: false);
        using var vault = await Vault.CreateAsync(path, arena, [await provisioning.ProvideKeyAsync("bench")]);
        await provisioning.ApproveAsync(vault.Contents.VaultId, "bench");
        var shares = Enumerable.Range(0, Shares).Select(_ => NewShare(arena)).ToList();
        vault.Add(shares);
        shares.ForEach(share => share.Dispose());
    }

    private static VaultShare NewShare(SecretArena arena)
    {
        var secret = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
        var publicKey = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(publicKey);
        return new VaultShare(new BlsPublicKey(publicKey), null, 0, "bench", secret);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
