using System.Security.Cryptography;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

/// <summary>An operator with shares of two clusters: one of the vectors' own keyshares, one of ssv-dkg's.</summary>
public sealed class OperatorSignerTests : IAsyncLifetime
{
    private static readonly SsvDomain _hoodi = new(0x503);
    private static readonly Client _node = new("node", null);

    private readonly string _folder = Directory.CreateTempSubdirectory("voice").FullName;
    private readonly SecretArena _arena = new();
    private readonly KeyRing _ring = new();
    private readonly byte[] _first = File.ReadAllBytes(Vectors.Path(KeysharesVectors.Ours));
    private readonly byte[] _second = File.ReadAllBytes(Vectors.Path("clusters-ssv/single.keyshares.json"));
    private ClusterArchive _archive = null!;
    private ClusterDocument.SsvShares _one = null!;
    private ClusterDocument.SsvShares _other = null!;
    private TemporarySigner _rooms = null!;
    private OperatorSigner _voice = null!;

    public async ValueTask InitializeAsync()
    {
        _archive = new ClusterArchive(_folder);
        (_one, _other) = ((ClusterDocument.SsvShares)_archive.Add(_first), (ClusterDocument.SsvShares)_archive.Add(_second));
        _rooms = await TemporarySigner.CreateAsync();
        _voice = Voice(anyValidator: false);
        _ring.Replace([Share(_one), Share(_other)]);
    }

    public async ValueTask DisposeAsync()
    {
        _voice.Dispose();
        _ring.Dispose();
        await _rooms.DisposeAsync();
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_speaks_for_every_committee_of_which_a_share_is_open()
    {
        Assert.Null(await ReasonAsync(_voice, Committee(_one)));
        Assert.Null(await ReasonAsync(_voice, Committee(_other)));
    }

    [Fact]
    public async Task A_damaged_document_costs_what_is_said_for_its_committee_and_no_more()
    {
        File.WriteAllText(Path.Combine(_folder, $"{_other.Hash}.json"), "{");

        Assert.Null(await ReasonAsync(_voice, Committee(_one)));
        Assert.Null(
            await ReasonAsync(_voice, SsvMessages.Consensus(SsvMessages.Identifier(_hoodi, SsvRole.Proposer, _other.GroupKeys[0])))
        );
        Assert.Equal("unknown_validator", await ReasonAsync(_voice, Committee(_other)));
        using var any = Voice(anyValidator: true);
        Assert.Null(await ReasonAsync(any, Committee(_other)));
    }

    [Fact]
    public async Task A_missing_document_is_looked_for_again()
    {
        _archive.Remove(_other.Hash);
        Assert.Equal("unknown_validator", await ReasonAsync(_voice, Committee(_other)));

        _archive.Add(_second);

        Assert.Null(await ReasonAsync(_voice, Committee(_other)));
    }

    /// <summary>A node of Charon and an SSV operator may be one person: the index of the one is no number of the other.</summary>
    [Fact]
    public async Task Shares_of_a_Charon_cluster_say_nothing_about_which_operator_this_is()
    {
        var secret = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        var key = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(key);
        _ring.Replace([
            new KeyShare(
                secret,
                new BlsPublicKey(key),
                _one.GroupKeys[0],
                new ClusterMembership(1, 3, 4, default, ShareProvenance.LockFile)
            ),
        ]);
        using var any = Voice(anyValidator: true);

        Assert.Null(
            await ReasonAsync(any, SsvMessages.PartialSignatures(SsvMessages.Identifier(_hoodi, _one.Committee), signer: 12, count: 1))
        );
    }

    [Fact]
    public void Shares_are_named_that_it_would_not_speak_for()
    {
        _archive.Remove(_other.Hash);
        Assert.Single(_voice.Silent);

        _archive.Add(_second);

        Assert.Empty(_voice.Silent);
        _archive.Remove(_other.Hash);
        using var any = Voice(anyValidator: true);
        Assert.Empty(any.Silent);
    }

    private OperatorSigner Voice(bool anyValidator)
    {
        var voice = new OperatorSigner(
            new OperatorMessagePolicy(new HashSet<SsvDomain> { _hoodi }, anyValidator),
            _ring,
            new ClusterLibrary(_archive),
            _rooms.Audit
        );
        voice.Take(OperatorKeyTests.Operator(_arena, 0));
        return voice;
    }

    private KeyShare Share(ClusterDocument.SsvShares document)
    {
        var secret = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        var key = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(key);
        return new KeyShare(
            secret,
            new BlsPublicKey(key),
            document.GroupKeys[0],
            new ClusterMembership(document.OperatorIds[0], document.Threshold, document.Operators, document.Hash, ShareProvenance.SsvFile)
        );
    }

    private static byte[] Committee(ClusterDocument.SsvShares document) =>
        SsvMessages.Consensus(SsvMessages.Identifier(_hoodi, document.Committee));

    // Null when it was signed.
    private static async Task<string?> ReasonAsync(OperatorSigner voice, byte[] message) =>
        (await voice.SignAsync(_node, "test", message) as OperatorSignOutcome.Refused)?.Reason.Reason;
}
