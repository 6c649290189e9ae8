using System.Reflection;
using RemoteSigner.Audit;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

/// <summary>Duties that reach the disk together are signed together, and it shows in nothing but the time.</summary>
public sealed class SigningBurstTests
{
    private static readonly ForkInfo _fork = new(
        ForkVersion.Parse("0x00000001"),
        ForkVersion.Parse("0x00000001"),
        new Epoch(0),
        Duties.Root(7)
    );

    [Fact]
    public async Task Many_who_ask_at_once_are_answered_each_with_a_signature_of_his_own()
    {
        await using var scene = await SigningScene.CreateAsync();
        List<KeyShare> shares = [];
        for (var i = 0; i < 150; i++)
        {
            shares.Add(await scene.AddAsync());
        }

        // One root for most of them, one of his own for every seventh, and a proposal beside.
        var signing = shares
            .Select((share, i) => scene.SignAsync(share, i % 7 == 0 ? Vote(target: (ulong)(10 + i)) : Vote(target: 4)))
            .Append(scene.SignAsync(shares[0], Proposal(slot: 100)))
            .ToList();
        var outcomes = (await Task.WhenAll(signing)).Select(Assert.IsType<SignOutcome.Signed>).ToList();

        Assert.Equal(128, outcomes.Count(outcome => outcome.SigningRoot == Vote(target: 4).SigningRoot(scene.Rooms.Network)));
        Assert.All(outcomes.Zip(shares.Append(shares[0])), pair => AssertVerifies(pair.Second, pair.First));
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(scene.Rooms.Ledger));
    }

    [Fact]
    public async Task Keys_that_are_taken_out_of_a_burst_cost_their_own_signatures_alone()
    {
        await using var scene = await SigningScene.CreateAsync();
        List<KeyShare> shares = [];
        for (var i = 0; i < 30; i++)
        {
            shares.Add(await scene.AddAsync());
        }

        // Once the decisions are on disk, and before anything is signed.
        scene.WhenRecorded = () => shares.Where((_, i) => i % 3 == 0).ToList().ForEach(share => share.Dispose());
        var outcomes = await scene.Signer.SignAllAsync([.. shares.Select(share => SigningScene.Order(share.PublicKey, Vote(target: 4)))]);

        Assert.All(outcomes.Where((_, i) => i % 3 == 0), outcome => Assert.IsType<SignOutcome.KeyRemoved>(outcome));
        Assert.All(Enumerable.Range(0, 30).Where(i => i % 3 != 0), i =>
            AssertVerifies(shares[i], Assert.IsType<SignOutcome.Signed>(outcomes[i]))
        );
    }

    /// <summary>
    /// A share of which memory has made no key at all: no burst of the others' fails with it, and the log says that nothing left.
    /// </summary>
    [Fact]
    public async Task A_share_that_is_broken_in_memory_costs_its_own_signature_alone()
    {
        await using var scene = await SigningScene.CreateAsync();
        List<KeyShare> shares = [];
        for (var i = 0; i < 20; i++)
        {
            shares.Add(await scene.AddAsync());
        }

        Break(shares[7]);
        var outcomes = await scene.Signer.SignAllAsync([.. shares.Select(share => SigningScene.Order(share.PublicKey, Vote(target: 4)))]);

        Assert.IsType<InvalidOperationException>(Assert.IsType<SignOutcome.Failed>(outcomes[7]).Fault);
        Assert.True(shares[7].IsSuspect);
        Assert.All(Enumerable.Range(0, 20).Except([7]), i => AssertVerifies(shares[i], Assert.IsType<SignOutcome.Signed>(outcomes[i])));
        Assert.Contains(
            "no signature could be made",
            Assert.Single(await scene.AuditAsync(), entry => entry.Contains("sign.fault", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );

        static void Break(KeyShare share)
        {
            var secret = (BlsSecretKey)
                typeof(KeyShare).GetField("_secret", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(share)!;
            (
                (SecretBytes)typeof(BlsSecretKey).GetField("_scalar", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(secret)!
            ).Span.Clear();
        }
    }

    /// <summary>The next vote of the same shares finds the table of its root made, and the one after that another root.</summary>
    [Fact]
    public async Task Slot_after_slot_every_signature_verifies()
    {
        await using var scene = await SigningScene.CreateAsync();
        KeyShare[] shares =
        [
            await scene.AddAsync(),
            await scene.AddAsync(),
            await scene.AddAsync(),
            await scene.AddAsync(),
            await scene.AddAsync(),
        ];
        for (var target = 4UL; target < 40; target++)
        {
            var orders = shares.Select(share => SigningScene.Order(share.PublicKey, Vote(target))).ToList();
            foreach (
                var outcomes in new[]
                {
                    await scene.Signer.SignAllAsync(orders),
                    await scene.Signer.SignAllAsync(orders[..2]),
                    [await scene.Signer.SignAsync(orders[4])],
                }
            )
            {
                Assert.All(outcomes, outcome =>
                    AssertVerifies(Assert.IsType<SignOutcome.Signed>(outcome).Share, (SignOutcome.Signed)outcome)
                );
            }
        }
    }

    private static void AssertVerifies(KeyShare share, SignOutcome.Signed signed)
    {
        Assert.Equal(share, signed.Share);
        Assert.True(Bls.Verify(share.PublicKey.Bytes, signed.SigningRoot.Bytes, signed.Signature.Bytes));
    }

    private static Attestation Vote(ulong target) =>
        new(
            new AttestationData(
                new Slot(target * 8),
                0,
                Duties.Root(1),
                new Checkpoint(new Epoch(target - 1), Duties.Root(3)),
                new Checkpoint(new Epoch(target), Duties.Root(4))
            ),
            _fork
        );

    private static Block Proposal(ulong slot) => new(new Slot(slot), 0, default, default, new BlockBody.RootOnly(Duties.Root(9)), _fork);
}
