using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Keys;

/// <summary>Shares that were sealed under a document that turned out to be forged, or that has a successor, are bound anew.</summary>
public sealed class RebindTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_share_under_a_strangers_validator_comes_to_its_own_and_its_history_comes_along()
    {
        var (robbed, forged) = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours)));
        var (share, genuine) = _scene.Keyshares();
        Assert.Equal(share.ShareKey, robbed.ShareKey);
        await _scene.TakeAsync(new ImportRequest([robbed], DeclaredHistory.NeverSigned) { Document = forged });
        Assert.IsType<PermitDecision.Granted>(await VoteAsync(robbed, 6, 7, Root(1)));
        Assert.Equal(["already_held", "disputed_share"], (await _scene.RefusalsAsync(Order(share, genuine, rebind: false))).Distinct());

        await _scene.TakeAsync(Order(share, genuine, rebind: true));

        _scene.Vaults.AssertHolds(_scene.Vault, [share]);
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await VoteAsync(robbed, 7, 8, Root(2))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await VoteAsync(share, 6, 7, Root(2))));
        Assert.IsType<PermitDecision.Granted>(await VoteAsync(share, 6, 7, Root(1)));
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_scene.Ledger));
        var entry = Assert.Single(await _scene.AuditAsync(), entry => entry.Contains("key.rebind", StringComparison.Ordinal));
        Assert.Contains(genuine.Document.Hash.ToString(), entry, StringComparison.Ordinal);
        Assert.Contains($"cluster {forged.Document.Hash}, SsvFile, validator {robbed.GroupKey}", entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_under_a_forged_lock_come_to_the_genuine_one()
    {
        var (shares, genuine) = await _scene.NodeAsync(Cluster, 0);
        var forged = AnchoredDocument.ByWord(
            VerifiedLock.Of(LockJsonWriter.Write(LockThief.Forge(ClusterVectors.Lock(Cluster))), "forged", ImportScene.Policy),
            ImportScene.Now
        );
        List<VaultShare> robbed =
        [
            .. shares.Select(share => share with { Membership = share.Membership! with { ClusterHash = forged.Document.Hash } }),
        ];
        await _scene.TakeAsync(new ImportRequest(robbed, DeclaredHistory.NeverSigned) { Document = forged });
        Assert.Contains(
            "already_held",
            await _scene.RefusalsAsync(new ImportRequest(shares, DeclaredHistory.NeverSigned) { Document = genuine })
        );

        await _scene.TakeAsync(new ImportRequest(shares, DeclaredHistory.FromHistory) { Document = genuine, Rebind = true });

        _scene.Vaults.AssertHolds(_scene.Vault, shares);
        Assert.True(KnownShares.Contradict(genuine, forged.Document));
        await _scene.RemoveAsync(forged.Document.Hash);
        Assert.Equal([genuine.Document.Hash], _scene.Anchored.Select(one => one.Document.Hash));
    }

    /// <summary>A share that was pushed while two documents disagreed is bound once a person has taken one of them away.</summary>
    [Fact]
    public async Task A_bare_share_is_not_bound_while_two_documents_disagree()
    {
        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;
        var (share, genuine) = _scene.Keyshares();
        await _scene.KeepAsync(forged);
        await _scene.TakeAsync(new ImportRequest([share with { GroupKey = null, Membership = null }], DeclaredHistory.NeverSigned));

        Assert.Equal(["disputed_share"], await _scene.RefusalsAsync(Order(share, genuine, rebind: true)));

        await _scene.RemoveAsync(forged.Document.Hash);
        await _scene.TakeAsync(Order(share, genuine, rebind: false));
        _scene.Vaults.AssertHolds(_scene.Vault, [share]);
    }

    [Fact]
    public async Task A_share_whose_former_group_other_shares_served_stays()
    {
        var (share, genuine) = _scene.Keyshares();
        var wrong = _scene.Vaults.NewShare().ShareKey;
        var older = _scene.Vaults.NewShare(wrong, share.Membership! with { ClusterHash = new Root(new byte[32]) });
        await _scene.TakeAsync(new ImportRequest([older], DeclaredHistory.NeverSigned));
        await _scene.TakeAsync(
            new ImportRequest(
                [
                    share with
                    {
                        GroupKey = wrong,
                        Membership = share.Membership! with { ClusterHash = new Root([.. Enumerable.Repeat((byte)1, 32)]) },
                    },
                ],
                DeclaredHistory.FromHistory
            )
            {
                Replace = true,
            }
        );

        Assert.Equal(["other_group"], await _scene.RefusalsAsync(Order(share, genuine, rebind: true)));
    }

    [Fact]
    public async Task A_whole_key_is_no_share_to_be_bound()
    {
        var (share, genuine) = _scene.Keyshares();
        await _scene.TakeAsync(
            new ImportRequest([share with { GroupKey = share.ShareKey, Membership = null }], DeclaredHistory.NeverSigned)
        );

        Assert.Contains("already_held", await _scene.RefusalsAsync(Order(share, genuine, rebind: true)));
    }

    /// <summary>Validators were added to the cluster: two shares stay as they are under a new lock, one is new.</summary>
    [Fact]
    public async Task Shares_follow_the_successor_of_their_lock_beside_those_that_are_new_in_it()
    {
        var (first, created) = await _scene.NodeAsync("create", 0, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest(first, DeclaredHistory.NeverSigned) { Document = created });
        Assert.IsType<PermitDecision.Granted>(await VoteAsync(first[0], 6, 7, Root(1)));
        var (second, added) = await _scene.NodeAsync("add-validators", 0, vectors: "clusters-charon");

        await _scene.TakeAsync(new ImportRequest(second, DeclaredHistory.NeverSigned) { Document = added });

        Assert.Equal(
            second.Select(share => (share.ShareKey, added.Document.Hash)),
            _scene.Vault.Contents.Shares.Select(share => (share.ShareKey, share.Membership!.ClusterHash))
        );
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await VoteAsync(second[0], 6, 7, Root(2))));
        Assert.Equal(3, second.Count);

        // Nobody decided on it: it is no rebind.
        var moves = (await _scene.AuditAsync()).Where(entry => entry.Contains("\"key.move\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, moves.Count);
        Assert.All(moves, move => Assert.Contains($"cluster {added.Document.Hash}, ", move, StringComparison.Ordinal));
        Assert.All(moves, move =>
            Assert.Contains($"before: share 1 of 4, threshold 3, cluster {created.Document.Hash}, ", move, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("key.rebind", await _scene.ActionsAsync());
        Assert.Equal(
            ["superseded_document", "superseded_document"],
            await _scene.RefusalsAsync(new ImportRequest(first, DeclaredHistory.NeverSigned) { Document = created })
        );
    }

    /// <summary>Where nobody signed the definition there are no addresses: the nodes' keys tell whose cluster it is.</summary>
    [Fact]
    public void A_lock_of_other_operators_is_no_successor()
    {
        const string One = "0xabababababababababababababababababababab";
        var (former, newer, others) = (Lock("clusters-charon/create"), Lock("clusters-charon/add-validators"), Lock($"clusters/{Cluster}"));
        Assert.True(Succeeds(newer, former));
        Assert.True(Succeeds(By(newer, newer, ""), By(former, former, "")));

        Assert.False(Succeeds(By(newer, others, ""), By(former, former, "")));
        Assert.False(Succeeds(By(newer, newer, One), By(former, former, One.Replace('a', 'c'))));
        Assert.True(Succeeds(By(newer, newer, One.ToUpperInvariant().Replace('X', 'x')), By(former, former, One)));
        Assert.False(Succeeds(former, newer));

        static ClusterLock Lock(string name) => ClusterLock.Parse(File.ReadAllBytes(Vectors.Path($"{name}/cluster-lock.json")));

        static bool Succeeds(ClusterLock document, ClusterLock former) =>
            ClusterSuccession.Succeeds(new ClusterDocument.CharonLock(document), new ClusterDocument.CharonLock(former));

        static ClusterLock By(ClusterLock cluster, ClusterLock nodes, string address) =>
            cluster with
            {
                Definition = cluster.Definition with
                {
                    Operators =
                    [
                        .. nodes.Definition.Operators.Select(member =>
                            member with
                            {
                                Address = address,
                                ConfigSignature = [],
                                EnrSignature = [],
                            }
                        ),
                    ],
                },
            };
    }

    private static ImportRequest Order(VaultShare share, AnchoredDocument document, bool rebind) =>
        new([share], DeclaredHistory.FromHistory) { Document = document, Rebind = rebind };

    private Task<PermitDecision> VoteAsync(VaultShare share, ulong source, ulong target, Root root)
    {
        var key = new ProtectedKey(share.ShareKey, share.GroupKey);
        return TemporarySigner.RequestAsync(
            _scene.Slashing,
            key,
            Message(Vote(source, target), root, Network.Find("hoodi")!.GenesisValidatorsRoot),
            (transaction, signed, verdict) =>
                _scene.Audit.Append(
                    transaction,
                    new AuditEntry
                    {
                        Action = "sign",
                        Decision = verdict is Verdict.Allowed ? AuditDecision.Granted : AuditDecision.Refused,
                        ShareKey = key.PublicKey,
                        Duty = DutyType.Attestation,
                        SourceEpoch = new Epoch(source),
                        TargetEpoch = new Epoch(target),
                        SigningRoot = signed,
                    }
                )
        );
    }
}
