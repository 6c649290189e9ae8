using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Audit;

public sealed class AuditLogTests
{
    [Fact]
    public async Task Writes_an_entry_as_canonical_json_hashed_with_the_one_before()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var log = await AuditLog.OpenAsync(
            signer.Ledger,
            new FakeTimeProvider(new DateTimeOffset(2026, 11, 5, 6, 7, 8, 90, TimeSpan.Zero))
        );

        await log.RecordAsync(
            new AuditEntry
            {
                Action = "key.import",
                Decision = AuditDecision.Event,
                Detail = "4 \"shares\"",
            }
        );
        await log.RecordAsync(
            new AuditEntry
            {
                Action = "sign",
                Decision = AuditDecision.Refused,
                RequestId = "r1",
                Client = "vc",
                ClientFingerprint = "ab",
                ShareKey = PublicKey(1),
                GroupKey = PublicKey(2),
                Duty = DutyType.Attestation,
                Slot = new Slot(ulong.MaxValue),
                SourceEpoch = new Epoch(1),
                TargetEpoch = new Epoch(2),
                SigningRoot = Root(3),
                SignedBefore = true,
                Rule = "DoubleVote",
            }
        );

        var entries = await log.ReadAsync(after: 0, limit: 10);
        var first = Encoding.UTF8.GetString(entries[0].Entry.Span);
        var second = Encoding.UTF8.GetString(entries[1].Entry.Span);
        Assert.Equal(
            """{"seq":1,"time":"2026-11-05T06:07:08.090Z","action":"key.import","decision":"event","detail":"4 \u0022shares\u0022"}""",
            first
        );
        Assert.Equal(
            $$"""{"seq":2,"time":"2026-11-05T06:07:08.090Z","action":"sign","decision":"refused","request":"r1","client":"vc","certificate":"ab","share":"{{PublicKey(1)}}","group":"{{PublicKey(2)}}","duty":"Attestation","slot":18446744073709551615,"source":1,"target":2,"root":"{{Root(3)}}","again":true,"rule":"DoubleVote"}""",
            second
        );
        Assert.Equal(SHA256.HashData([.. new byte[32], .. entries[0].Entry.Span]), entries[0].Hash.ToArray());
        Assert.Equal(SHA256.HashData([.. entries[0].Hash.Span, .. entries[1].Entry.Span]), entries[1].Hash.ToArray());
        Assert.Equal(entries[1].Hash.ToArray(), (await log.HeadAsync()).Hash);
    }

    [Fact]
    public async Task Goes_on_with_the_chain_after_a_restart()
    {
        await using var signer = await SignedAsync();
        await signer.ReopenAsync();
        await signer.RequestAsync(Key(1), Block(30), Root(1));

        var intact = Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));

        Assert.Equal(8, intact.Head.Sequence);
        Assert.Equal(5, intact.Records);
        Assert.Equal(intact.Head.Hash, (await signer.Audit.HeadAsync()).Hash);
    }

    [Fact]
    public async Task Stays_intact_after_import_pruning_watermarks_and_a_joined_group()
    {
        await using var signer = await SignedAsync();
        await signer.Slashing.ImportAsync(await signer.ExportAsync(), InterchangeReading.Complete);
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory);
        await signer.Slashing.PruneAsync(1);
        await signer.Slashing.RaiseLowWatermarkAsync(new Slot(15), null);
        await signer.CloseAsync();

        var intact = Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Path));

        Assert.Equal((7, 3), (intact.Head.Sequence, intact.Records));
        await signer.ReopenAsync();
    }

    [Theory]
    [InlineData(
        "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'DoubleProposal', 'DoubleProposel') AS BLOB) WHERE seq = 3",
        3,
        "hash of entry 3"
    )]
    [InlineData("UPDATE audit SET entry = zeroblob(0) WHERE seq = 3", 3, "hash of entry 3")]
    [InlineData("UPDATE audit SET entry = x'0107' WHERE seq = 3", 3, "up to number 3")]
    [InlineData("UPDATE audit SET entry = substr(entry, 1, length(entry) - 1) WHERE seq = 3", 3, "cut short")]
    [InlineData("UPDATE audit SET entry = CAST(entry || x'00' AS BLOB) WHERE seq = 3", 3, "more behind the last")]
    [InlineData("UPDATE audit_word SET word = CAST(replace(CAST(word AS TEXT), 'refused', 'granted') AS BLOB)", 3, "hash of entry 3")]
    [InlineData("DELETE FROM audit_word", 1, "there is no word")]
    [InlineData("UPDATE audit SET hash = zeroblob(32) WHERE seq = 2", 2, "hash of entry 2")]
    [InlineData("DELETE FROM audit WHERE seq = 4", 4, "entry 4 is missing")]
    [InlineData("DELETE FROM audit WHERE seq > 3", 4, "not in the log")]
    [InlineData("DELETE FROM block WHERE slot = 20", 2, "no slashing record")]
    [InlineData("DELETE FROM recent_vote WHERE target = 12", 5, "no slashing record")]
    [InlineData("UPDATE block SET root = zeroblob(32) WHERE slot = 20", 2, "no slashing record")]
    [InlineData("UPDATE block SET evidence = 5 WHERE slot = 20", 5, "says something else")]
    [InlineData("INSERT INTO block VALUES (1, 21, zeroblob(32), 99)", 99, "not in the log")]
    [InlineData("UPDATE recent_vote SET evidence = 4 WHERE target = 12", 4, "says something else")]
    public async Task Finds_what_was_changed_afterwards(string change, long sequence, string problem)
    {
        await using var signer = await SignedAsync();
        await signer.Ledger.WriteAsync(transaction => transaction.Statement(change).Execute());

        var broken = Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(signer.Ledger));

        Assert.Equal(sequence, broken.Sequence);
        Assert.Contains(problem, broken.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public async Task A_refused_number_of_any_size_leaves_the_log_intact(ulong number)
    {
        await using var signer = await SignedAsync();
        Assert.Equal(SlashingRule.NumberOutOfRange, RuleOf(await signer.RequestAsync(Key(1), Block(number), Root(7))));
        Assert.Equal(SlashingRule.NumberOutOfRange, RuleOf(await signer.RequestAsync(Key(1), Vote(number, number), Root(8))));

        var verified = await AuditVerifier.VerifyAsync(signer.Ledger);

        Assert.Equal(9, Assert.IsType<AuditVerification.Intact>(verified).Head.Sequence);
    }

    [Fact]
    public async Task Two_granted_roots_for_one_target_are_reported_whatever_the_records_say()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Vote(0, 1), Root(1));
        await signer.RequestAsync(Key(1), Vote(3, 4), Root(1));

        // What a signer wrote that granted an imported root beside the one it had signed: the entry, and a record that covers it.
        await signer.Ledger.WriteAsync(transaction =>
        {
            signer.Anchor(Key(1), Vote(3, 4))(transaction, Root(2), new Verdict.Allowed(AlreadySigned: true));
            return transaction
                .Statement(
                    "INSERT INTO attestation (validator, target, source, root) SELECT validator, 4, 3, ?2 FROM public_key WHERE key = ?1"
                )
                .Bind(1, PublicKey(1).Bytes)
                .Bind(2, Root(2).Bytes)
                .Execute();
        });

        var broken = Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(signer.Ledger));

        Assert.Equal(3, broken.Sequence);
        Assert.Contains("another root than entry 2", broken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_granted_number_that_no_record_can_hold_is_found()
    {
        await using var signer = await SignedAsync();
        await signer.Audit.RecordAsync(
            new AuditEntry
            {
                Action = "sign",
                Decision = AuditDecision.Granted,
                ShareKey = PublicKey(1),
                Duty = DutyType.Block,
                Slot = new Slot(ulong.MaxValue),
                SigningRoot = Root(7),
            }
        );

        var broken = Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(signer.Ledger));

        Assert.Equal(8, broken.Sequence);
        Assert.Contains("no slashing record", broken.Problem, StringComparison.Ordinal);
    }

    /// <summary>Entries 1 and 2: blocks; 3: a refused one; 4 and 5: votes; 6: one of them again; 7: a harmless duty.</summary>
    private static async Task<TemporarySigner> SignedAsync()
    {
        var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Block(10), Root(1));
        await signer.RequestAsync(Key(1), Block(20), Root(2));
        await signer.RequestAsync(Key(1), Block(20), Root(3));
        await signer.RequestAsync(Key(1), Vote(10, 11), Root(4));
        await signer.RequestAsync(Key(1), Vote(11, 12), Root(5));
        await signer.RequestAsync(Key(1), Vote(11, 12), Root(5));
        await signer.RequestAsync(Key(1), SlashableContent.None.Instance, Root(6));
        return signer;
    }
}
