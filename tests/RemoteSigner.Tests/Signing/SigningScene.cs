using System.Security.Cryptography;
using RemoteSigner.Access;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

/// <summary>
/// The signer's rooms put together on a real ledger, without a fence, and without a slot window unless one is given: client <c>vc</c> has
/// the everyday duties, <c>admin</c> all.
/// </summary>
internal sealed class SigningScene : IAsyncDisposable
{
    private readonly SecretArena _arena = new();
    private readonly BurstSigner _bursts;
    private readonly KeyRing _ring = new();
    private readonly List<KeyShare> _shares = [];
    private readonly Fence _fence;

    private SigningScene(
        TemporarySigner rooms,
        PartialVerification verification,
        RegistrationPolicy registrations,
        string archive,
        TimeProvider time,
        SlotWindow? window
    )
    {
        Rooms = rooms;
        _bursts = new BurstSigner(_arena);
        Clock = new SlotClock(rooms.Network, window, time);
        _fence = new Fence(rooms.Network, Clock, time);
        _fence.SwitchOff(null);
        Access = new AccessPolicy(
            new Dictionary<string, ClientPermissions>
            {
                ["vc"] = new(null, ClientPermissions.EverydayDuties),
                ["admin"] = new(null, ClientPermissions.AllDuties),
            }
        );
        var rules = new ClusterRules(
            rooms.Network,
            registrations,
            BuilderPolicy.None,
            new PayloadVotes(refusesOthers: false),
            new ClusterLibrary(new ClusterArchive(archive))
        );
        var judge = new OrderJudge(rooms.Network, _ring, Access, Clock, rules);
        Signer = new Signer(judge, Clock, _fence, rooms.Slashing, rooms.Audit, new ShareSigner(_bursts), time)
        {
            Verification = verification,
            Recorded = (_, _) => WhenRecorded(),
        };
    }

    public TemporarySigner Rooms { get; }

    public Signer Signer { get; }

    public SlotClock Clock { get; }

    public AccessPolicy Access { get; }

    /// <summary>Done for each decision once it is on disk, before its signature is made.</summary>
    public Action WhenRecorded { get; set; } = () => { };

    public static async Task<SigningScene> CreateAsync(
        PartialVerification verification = PartialVerification.Off,
        RegistrationPolicy? registrations = null,
        string archive = "none",
        Network? network = null,
        TimeProvider? time = null,
        SlotWindow? window = null
    ) =>
        new(
            await TemporarySigner.CreateAsync(network, time: time),
            verification,
            registrations ?? RegistrationPolicy.None,
            archive,
            time ?? TimeProvider.System,
            window
        );

    /// <summary>
    /// Opens a key with this secret, registered as one that never signed; <paramref name="publicKey"/> is only given to lie about it.
    /// </summary>
    public async Task<KeyShare> AddAsync(
        byte[]? secret = null,
        BlsPublicKey? groupKey = null,
        ClusterMembership? membership = null,
        BlsPublicKey? publicKey = null
    )
    {
        var key = BlsSecretKey.FromBigEndian(_arena, secret ?? NewSecret());
        var bytes = new byte[48];
        key.WritePublicKey(bytes);
        var share = new KeyShare(key, publicKey ?? new BlsPublicKey(bytes), groupKey, membership);
        await Rooms.RegisterAsync(share.Identity);
        _shares.Add(share);
        _ring.Replace(_shares);
        return share;
    }

    /// <summary>Signs with a throwaway key of this secret.</summary>
    public BlsSignature SignWith(byte[] secret, Root root)
    {
        using var key = BlsSecretKey.FromBigEndian(_arena, secret);
        var signature = new byte[96];
        key.Sign(root.Bytes, signature);
        return new BlsSignature(signature);
    }

    public Task<SignOutcome> SignAsync(KeyShare share, SignableMessage message, string client = "vc") =>
        Signer.SignAsync(Order(share.PublicKey, message, client));

    public static SignOrder Order(BlsPublicKey? key, SignableMessage message, string client = "vc") =>
        new(new Client(client, null), "test", key, message, null);

    public async Task<IReadOnlyList<string>> AuditAsync() =>
        [.. (await Rooms.Audit.ReadAsync(0, 1000)).Select(record => System.Text.Encoding.UTF8.GetString(record.Entry.Span))];

    public async ValueTask DisposeAsync()
    {
        await Rooms.DisposeAsync();
        _ring.Dispose();
        _fence.Dispose();
        _bursts.Dispose();
        _arena.Dispose();
    }

    // Below the group order whatever the other bytes are.
    private static byte[] NewSecret() => [1, .. RandomNumberGenerator.GetBytes(31)];
}
