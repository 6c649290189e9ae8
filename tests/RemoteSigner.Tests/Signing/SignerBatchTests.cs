using RemoteSigner.Audit;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

public sealed class SignerBatchTests
{
    private static readonly ForkInfo _fork = new(
        ForkVersion.Parse("0x00000001"),
        ForkVersion.Parse("0x00000001"),
        new Epoch(0),
        Duties.Root(7)
    );

    [Fact]
    public async Task A_batch_is_one_commit_whatever_becomes_of_its_orders()
    {
        await using var scene = await SigningScene.CreateAsync();
        var shares = new List<KeyShare>();
        for (var i = 0; i < 40; i++)
        {
            shares.Add(await scene.AddAsync());
        }

        await scene.SignAsync(shares[3], Vote(target: 4));
        List<SignOrder> orders =
        [
            .. shares.Select(share => SigningScene.Order(share.PublicKey, Vote(target: 4, fill: 2))),
            SigningScene.Order(Duties.PublicKey(1), Vote(target: 4)),
            SigningScene.Order(shares[0].PublicKey, Vote(target: 4), "stranger"),
        ];
        var (commits, entries) = (scene.Rooms.Ledger.Commits, (await scene.AuditAsync()).Count);
        commits = scene.Rooms.Ledger.Commits;

        var outcomes = await scene.Signer.SignAllAsync(orders);

        Assert.Equal(commits + 1, scene.Rooms.Ledger.Commits);
        Assert.Equal(SlashingRule.DoubleVote, Assert.IsType<SignOutcome.Slashable>(outcomes[3]).Rule);
        Assert.IsType<SignOutcome.UnknownKey>(outcomes[40]);
        Assert.IsType<SignOutcome.NotAllowed>(outcomes[41]);
        Assert.All(Enumerable.Range(0, 40).Except([3]), i => AssertVerifies(shares[i], Assert.IsType<SignOutcome.Signed>(outcomes[i])));
        Assert.Equal(entries + 42, (await scene.AuditAsync()).Count);
    }

    [Fact]
    public async Task Of_two_votes_in_one_batch_that_collide_the_first_is_signed()
    {
        await using var scene = await SigningScene.CreateAsync();
        var share = await scene.AddAsync();

        var outcomes = await scene.Signer.SignAllAsync([
            SigningScene.Order(share.PublicKey, Vote(4)),
            SigningScene.Order(share.PublicKey, Vote(4, fill: 2)),
            SigningScene.Order(share.PublicKey, Vote(4)),
        ]);

        Assert.Equal(outcomes[0], Assert.IsType<SignOutcome.Signed>(outcomes[2]));
        Assert.IsType<SignOutcome.Slashable>(outcomes[1]);
    }

    [Fact]
    public async Task A_closed_ledger_gives_no_signature_and_says_so_of_each()
    {
        await using var scene = await SigningScene.CreateAsync();
        var share = await scene.AddAsync();
        await scene.Rooms.Ledger.DisposeAsync();

        var outcomes = await scene.Signer.SignAllAsync([
            SigningScene.Order(share.PublicKey, Vote(4)),
            SigningScene.Order(share.PublicKey, Vote(5), "stranger"),
        ]);

        Assert.All(outcomes, outcome =>
            Assert.Equal(LedgerFault.Closed, Assert.IsType<LedgerException>(Assert.IsType<SignOutcome.Failed>(outcome).Fault).Fault)
        );
    }

    [Theory]
    [InlineData("vc")]
    [InlineData("stranger")]
    public async Task An_order_whose_evidence_the_ledger_does_not_take_fails_alone(string client)
    {
        await using var scene = await SigningScene.CreateAsync();
        KeyShare[] shares = [await scene.AddAsync(), await scene.AddAsync(), await scene.AddAsync()];
        await scene.Rooms.Ledger.WriteAsync(transaction =>
            transaction
                .Statement(
                    "CREATE TRIGGER poison BEFORE INSERT ON audit WHEN instr(NEW.entry, CAST('poison' "
                        + "AS BLOB)) > 0 BEGIN SELECT RAISE(ABORT, 'not this one'); END"
                )
                .Execute()
        );
        var (orders, commits) = (shares.Select(share => SigningScene.Order(share.PublicKey, Vote(4))).ToList(), scene.Rooms.Ledger.Commits);
        orders[1] = SigningScene.Order(shares[1].PublicKey, Vote(4), client) with { RequestId = "poison" };

        var outcomes = await scene.Signer.SignAllAsync(orders);

        Assert.Equal(commits + 1, scene.Rooms.Ledger.Commits);
        Assert.IsType<LedgerException>(Assert.IsType<SignOutcome.Failed>(outcomes[1]).Fault);
        AssertVerifies(shares[0], Assert.IsType<SignOutcome.Signed>(outcomes[0]));
        AssertVerifies(shares[2], Assert.IsType<SignOutcome.Signed>(outcomes[2]));

        // Nothing of it was kept: another vote for the same target is the first.
        Assert.IsType<SignOutcome.Signed>(await scene.SignAsync(shares[1], Vote(4, fill: 2)));
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(scene.Rooms.Ledger));
    }

    [Fact]
    public async Task An_order_that_trips_over_a_fault_of_the_signer_fails_alone_and_is_on_record()
    {
        await using var scene = await SigningScene.CreateAsync();
        var share = await scene.AddAsync();
        var impossible = new Block(new Slot(8), 0, default, default, null!, _fork);

        var outcomes = await scene.Signer.SignAllAsync([
            SigningScene.Order(share.PublicKey, impossible),
            SigningScene.Order(share.PublicKey, Vote(4)),
        ]);

        Assert.IsType<NullReferenceException>(Assert.IsType<SignOutcome.Failed>(outcomes[0]).Fault);
        AssertVerifies(share, Assert.IsType<SignOutcome.Signed>(outcomes[1]));
        Assert.Contains(await scene.AuditAsync(), entry => entry.Contains("\"rule\":\"Failed\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_order_is_a_batch_of_one()
    {
        await using var scene = await SigningScene.CreateAsync();
        var share = await scene.AddAsync();
        var order = SigningScene.Order(share.PublicKey, Vote(4));

        Assert.Equal(await scene.Signer.SignAsync(order), Assert.Single(await scene.Signer.SignAllAsync([order])));
    }

    [Fact]
    public async Task A_dry_run_answers_as_signing_would_and_leaves_no_trace()
    {
        await using var scene = await SigningScene.CreateAsync();
        var share = await scene.AddAsync();
        var order = SigningScene.Order(share.PublicKey, Vote(4));
        var entries = (await scene.AuditAsync()).Count;

        Assert.Equal(
            new Evaluation(null, Vote(4).SigningRoot(scene.Rooms.Network), SignedBefore: false),
            await scene.Signer.EvaluateAsync(order)
        );
        Assert.Null((await scene.Signer.EvaluateAsync(order with { Message = Vote(4, fill: 2) })).Refusal);
        Assert.IsType<SignOutcome.NotAllowed>(
            (await scene.Signer.EvaluateAsync(SigningScene.Order(share.PublicKey, Vote(4), "stranger"))).Refusal
        );
        Assert.Equal(entries, (await scene.AuditAsync()).Count);

        await scene.Signer.SignAsync(order);
        Assert.True((await scene.Signer.EvaluateAsync(order)).SignedBefore);
        Assert.IsType<SignOutcome.Slashable>((await scene.Signer.EvaluateAsync(order with { Message = Vote(4, fill: 2) })).Refusal);
    }

    [Theory]
    [InlineData(PartialVerification.Always, 0)]
    [InlineData(PartialVerification.Suspect, 1)]
    [InlineData(PartialVerification.Off, 2)]
    public async Task A_signature_that_does_not_verify_is_withheld_where_it_is_looked_at(PartialVerification verification, int expected)
    {
        await using var scene = await SigningScene.CreateAsync(verification);
        var faulty = await scene.AddAsync(publicKey: Negated((await scene.AddAsync()).PublicKey));
        var order = SigningScene.Order(faulty.PublicKey, Vote(4));

        // The scene opens the second key after the first set, which alone makes it suspect.
        Assert.True(faulty.IsSuspect);
        var single = await scene.Signer.SignAsync(order);
        var batch = await scene.Signer.SignAllAsync([order, order]);

        var withheld = expected < 2;
        Assert.Equal(withheld, single is SignOutcome.SignatureFault);
        Assert.All(batch, outcome => Assert.Equal(withheld, outcome is SignOutcome.SignatureFault));
        Assert.Equal(withheld ? 3 : 0, (await scene.AuditAsync()).Count(entry => entry.Contains("sign.fault", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_share_that_came_after_the_start_is_trusted_once_its_first_signatures_were_right()
    {
        await using var scene = await SigningScene.CreateAsync(PartialVerification.Suspect);
        _ = await scene.AddAsync();
        var share = await scene.AddAsync();
        for (var target = 4UL; target < 4 + KeyShare.TrialLength; target++)
        {
            Assert.True(share.IsSuspect);
            AssertVerifies(
                share,
                Assert.IsType<SignOutcome.Signed>(await scene.Signer.SignAsync(SigningScene.Order(share.PublicKey, Vote(target))))
            );
        }

        Assert.False(share.IsSuspect);
        share.Suspect();
        share.Prove();
        Assert.True(share.IsSuspect);
    }

    private static void AssertVerifies(KeyShare share, SignOutcome.Signed signed) =>
        Assert.True(Bls.Verify(share.PublicKey.Bytes, signed.SigningRoot.Bytes, signed.Signature.Bytes));

    private static BlsPublicKey Negated(BlsPublicKey key) => new([(byte)(key.Bytes[0] ^ 0x20), .. key.Bytes[1..]]);

    private static Attestation Vote(ulong target, int fill = 1) =>
        new(
            new AttestationData(
                new Slot(target * 8),
                0,
                Duties.Root(fill),
                new Checkpoint(new Epoch(target - 1), Duties.Root(3)),
                new Checkpoint(new Epoch(target), Duties.Root(4))
            ),
            _fork
        );
}
