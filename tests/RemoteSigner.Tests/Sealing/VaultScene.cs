using System.Security.Cryptography;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Sealing;

/// <summary>An arena, a folder for one vault, and a recovery key pair (made once: RSA takes its time).</summary>
internal sealed class VaultScene : IDisposable
{
    private static readonly RSA Pair = RSA.Create(3072);

    private readonly string _folder = Directory.CreateTempSubdirectory("vault").FullName;
    private readonly List<IDisposable> _owned = [];
    private readonly VaultStore _store;

    internal VaultScene() => _store = new VaultStore(VaultPath);

    internal SecretArena Arena { get; } = new();

    internal string VaultPath => Path.Combine(_folder, "vault");

    internal string Folder => _folder;

    internal RecoveryKey PublicRecovery => Own(RecoveryKey.FromPublicPem(Pair.ExportSubjectPublicKeyInfoPem(), "offline", Arena));

    internal RecoveryKey PrivateRecovery
    {
        get
        {
            using var pem = SoftHsm.Secret(Arena, Pair.ExportPkcs8PrivateKeyPem());
            return Own(RecoveryKey.FromPrivatePem(pem, null, "offline", Arena));
        }
    }

    internal VaultShare NewShare(BlsPublicKey? group = null, ClusterMembership? membership = null, string label = "test")
    {
        var secret = BlsSecretKey.Generate(Arena, RandomNumberGenerator.GetBytes(32));
        var publicKey = new byte[48];
        secret.WritePublicKey(publicKey);
        return Own(new VaultShare(new BlsPublicKey(publicKey), group, membership, label, secret));
    }

    /// <summary>A vault with these shares that only the recovery key opens: no token is needed.</summary>
    internal async Task<List<VaultShare>> MakeAsync(int shares)
    {
        var made = Enumerable.Range(0, shares).Select(i => NewShare(membership: Member((ulong)i))).ToList();
        using var vault = await Vault.CreateAsync(VaultPath, Arena, [PublicRecovery]);
        vault.Add(made);
        return made;
    }

    /// <summary>None for index 0.</summary>
    internal static ClusterMembership? Member(ulong index) =>
        index == 0 ? null : new ClusterMembership(index, 3, 4, new Root(SHA256.HashData([(byte)index])), ShareProvenance.LockFile);

    internal Vault Open() => OpenAsync().GetAwaiter().GetResult();

    internal Task<Vault> OpenAsync() => Vault.OpenAsync(_store, Arena, _ => Task.FromResult<IKeyEncryptionKey>(PrivateRecovery));

    internal void AssertHolds(Vault vault, IEnumerable<VaultShare> expected)
    {
        var opened = vault.OpenShares();
        Assert.Equal(expected.Select(Describe), opened.Select(Describe));
        foreach (var share in opened)
        {
            share.Dispose();
        }
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        Arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private string Describe(VaultShare share)
    {
        using var secret = Arena.Allocate(32);
        share.Secret.WriteBigEndian(secret);
        return $"{share.ShareKey} {share.GroupKey} {share.Membership} {share.Label} {Convert.ToHexString(secret.Span)}";
    }
}
