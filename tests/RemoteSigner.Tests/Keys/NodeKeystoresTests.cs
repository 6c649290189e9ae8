using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Tests.Clusters;

namespace RemoteSigner.Tests.Keys;

[Trait("Speed", "slow")]
public sealed class NodeKeystoresTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private readonly string _folder = Directory.CreateTempSubdirectory("node").FullName;
    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(ClusterLocks.Genuine), MemberType = typeof(ClusterLocks))]
    public async Task Every_node_of_every_valid_lock_gives_the_secrets_of_its_own_shares(string name)
    {
        var operators = ClusterVectors.Lock(name).Definition.Operators.Length;
        for (var node = 0; node < operators; node++)
        {
            var (shares, _) = await _scene.NodeAsync(name, node);
            Assert.Equal(
                ClusterVectors.Lock(name).SharesOf((ulong)node + 1).Select(share => (share.GroupKey, share.PublicShare, share.ShareIndex)),
                shares.Select(share => (share.GroupKey!.Value, share.ShareKey, share.Membership!.ShareIndex))
            );
        }
    }

    [Theory]
    [MemberData(nameof(ClusterLocks.Bad), MemberType = typeof(ClusterLocks))]
    public async Task Every_negative_lock_is_refused_with_its_reason(string name, string code) =>
        Assert.Contains(
            code,
            (
                await Assert.ThrowsAsync<ImportException>(() => _scene.NodeAsync(name, 0, ClusterVectors.NodeFolder(Cluster, 0)))
            ).Refusals.Select(refusal => refusal.Code)
        );

    [Fact]
    public void A_lock_of_another_network_is_refused() =>
        Assert.Contains(
            "network",
            Assert
                .Throws<ImportException>(() =>
                    VerifiedLock.Open(
                        Vectors.Path($"clusters/{Cluster}/cluster-lock.json"),
                        new VerificationPolicy { Network = RemoteSigner.Spec.ForkVersion.Parse("0x00000000") }
                    )
                )
                .Refusals.Select(refusal => refusal.Code)
        );

    [Fact]
    public async Task Keystores_of_another_operator_are_refused_though_they_are_in_the_lock() =>
        Assert.Equal(["other_operators_share", "other_operators_share"], await RefusalsAsync(folder => Mix(folder, enr: 0, keystores: 2)));

    [Fact]
    public async Task Keystores_in_another_order_are_refused() =>
        Assert.Equal(
            ["other_validators_share", "other_validators_share"],
            await RefusalsAsync(folder =>
            {
                Mix(folder, enr: 0, keystores: 0);
                foreach (var ending in new[] { "json", "txt" })
                {
                    File.Move(InKeys(folder, $"keystore-0.{ending}"), InKeys(folder, "kept"));
                    File.Move(InKeys(folder, $"keystore-1.{ending}"), InKeys(folder, $"keystore-0.{ending}"));
                    File.Move(InKeys(folder, "kept"), InKeys(folder, $"keystore-1.{ending}"));
                }
            })
        );

    [Fact]
    public async Task A_wrong_password_a_missing_a_surplus_and_a_foreign_keystore_are_told_apart()
    {
        Assert.Equal(
            ["wrong_password"],
            await RefusalsAsync(folder =>
            {
                Mix(folder, 0, 0);
                File.Copy(InKeys(folder, "keystore-0.txt"), InKeys(folder, "keystore-1.txt"), overwrite: true);
            })
        );
        Assert.Equal(
            ["missing_keystore", "surplus_keystore"],
            await RefusalsAsync(folder =>
            {
                Mix(folder, 0, 0);
                File.Move(InKeys(folder, "keystore-1.json"), InKeys(folder, "keystore-2.json"));
            })
        );
        Assert.Equal(
            ["key_not_in_lock", "key_not_in_lock"],
            await RefusalsAsync(folder =>
            {
                Mix(folder, 0, 0);
                foreach (var file in Directory.GetFiles(ClusterVectors.NodeFolder("lock-v1_10-4of3", 0) + "/validator_keys"))
                {
                    File.Copy(file, InKeys(folder, Path.GetFileName(file)), overwrite: true);
                }
            })
        );
    }

    [Fact]
    public async Task A_node_that_is_none_of_the_operators_is_refused() =>
        Assert.Equal(
            ["foreign_node"],
            await RefusalsAsync(folder =>
            {
                Mix(folder, 0, 0);
                File.Copy(
                    Path.Combine(ClusterVectors.NodeFolder("lock-v1_10-4of3", 0), "charon-enr-private-key"),
                    Path.Combine(folder, "charon-enr-private-key"),
                    overwrite: true
                );
            })
        );

    [Fact]
    public async Task Cheaply_encrypted_keystores_count_on_a_test_network_only()
    {
        Mix(_folder, 0, 0);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "validator_keys")))
        {
            File.Move(file, file.Replace("keystore-", "keystore-insecure-", StringComparison.Ordinal));
        }

        Assert.Equal(2, (await _scene.NodeAsync(Cluster, 0, _folder)).Shares.Count);
        var mainnet = ClusterVectors.Lock(Cluster).SharesOf(1).Select(share => share with { ForkVersion = default }).ToList();
        var refused = await Assert.ThrowsAsync<ImportException>(() =>
            new NodeKeystores(new NodeFolder(_folder), ClusterVectors.Lock(Cluster), mainnet).OpenAsync(
                _scene.Vaults.Arena,
                DerivationLoan.OfAll(1024)
            )
        );
        Assert.Equal(
            ["missing_keystore", "missing_keystore", "surplus_keystore", "surplus_keystore"],
            refused.Refusals.Select(refusal => refusal.Code)
        );
    }

    private async Task<IEnumerable<string>> RefusalsAsync(Action<string> prepare)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString())).FullName;
        prepare(folder);
        return (await Assert.ThrowsAsync<ImportException>(() => _scene.NodeAsync(Cluster, 0, folder))).Refusals.Select(refusal =>
            refusal.Code
        );
    }

    private static string InKeys(string folder, string file) => Path.Combine(folder, "validator_keys", file);

    private static void Mix(string folder, int enr, int keystores)
    {
        Directory.CreateDirectory(Path.Combine(folder, "validator_keys"));
        File.Copy(
            Path.Combine(ClusterVectors.NodeFolder(Cluster, enr), "charon-enr-private-key"),
            Path.Combine(folder, "charon-enr-private-key"),
            overwrite: true
        );
        foreach (var file in Directory.GetFiles(Path.Combine(ClusterVectors.NodeFolder(Cluster, keystores), "validator_keys")))
        {
            File.Copy(file, InKeys(folder, Path.GetFileName(file)), overwrite: true);
        }
    }
}
