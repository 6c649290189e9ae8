using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Audit;

/// <summary>
/// Rows of entries and words that somebody changed are told, whatever stands in them; and rows that we write are as the reader wants them.
/// </summary>
public sealed class ChangedRowsTests : IAsyncLifetime
{
    private TemporarySigner? _signer;

    public async ValueTask InitializeAsync() => _signer = await TemporarySigner.CreateAsync();

    public ValueTask DisposeAsync() => _signer!.DisposeAsync();

    [Fact]
    public async Task Every_byte_of_a_row_counts()
    {
        await WriteAsync(5);
        var row = (await RowsAsync("SELECT seq, entry FROM audit"))[0].Bytes;
        foreach (var changed in Changes(row).Concat(Enumerable.Range(0, row.Length).Select(length => row[..length])))
        {
            await SetAsync("UPDATE audit SET entry = ?1", changed);

            Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer!.Ledger));
        }

        await SetAsync("UPDATE audit SET entry = ?1", row);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_signer!.Ledger));
    }

    [Fact]
    public async Task Every_byte_of_a_word_counts()
    {
        await WriteAsync(5);
        foreach (var (id, word) in await RowsAsync("SELECT id, word FROM audit_word"))
        {
            foreach (var changed in Changes(word))
            {
                await SetAsync($"UPDATE audit_word SET word = ?1 WHERE id = {id}", changed);

                Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer!.Ledger));
            }

            await SetAsync($"UPDATE audit_word SET word = ?1 WHERE id = {id}", word);
        }
    }

    [Fact]
    public async Task A_small_row_does_not_unpack_to_any_size()
    {
        // 2,000 entries, each like the one before, of 32 KiB; then 255 of 1 MiB.
        foreach (var (count, length) in new[] { (2000, 32 << 10), (255, 1 << 20) })
        {
            byte[] shape = [.. Enumerable.Repeat((byte)'x', length)],
                row = [1, (byte)((count & 0x7F) | 0x80), (byte)(count >> 7), 0, 77, .. Enumerable.Repeat((byte)1, count - 1)];
            await SetAsync("INSERT OR REPLACE INTO audit_word (id, word) VALUES (77, ?1)", shape);
            await SetAsync($"INSERT OR REPLACE INTO audit (seq, entry, hash) VALUES ({count}, ?1, zeroblob(32))", row);

            var thrown = await Assert.ThrowsAsync<LedgerException>(() => _signer!.Audit.ReadAsync(0, 1));

            Assert.Equal(LedgerFault.Corrupt, thrown.Fault);
            await SetAsync("DELETE FROM audit WHERE ?1 IS NOT NULL", []);
        }
    }

    [Fact]
    public async Task Rows_that_overlap_are_found_and_nothing_is_handed_over_twice()
    {
        await WriteAsync(5);
        await WriteAsync(5);
        await SetAsync("UPDATE audit SET seq = 8 WHERE seq = 10 AND ?1 IS NOT NULL", []);

        Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer!.Ledger));
        Assert.Equal([1L, 2, 3, 4, 5], (await _signer.Audit.ReadAsync(0, 100)).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task An_act_that_writes_many_entries_has_several_rows_for_them()
    {
        await _signer!.Ledger.WriteAsync(transaction =>
            Enumerable
                .Range(0, 600)
                .Select(_ => _signer.Audit.Append(transaction, new AuditEntry { Action = "test", Decision = AuditDecision.Event }))
                .ToList()
        );

        Assert.Equal([256L, 512, 600], (await RowsAsync("SELECT seq, entry FROM audit ORDER BY seq")).Select(row => row.Number));
        Assert.Equal(600, (await _signer.Audit.ReadAsync(0, 1000)).Count);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_written_as_the_platform_writes_it()
    {
        await _signer!.Audit.RecordAsync(
            new AuditEntry
            {
                Action = "test",
                Decision = AuditDecision.Event,
                Detail = "a\ud800b",
            }
        );

        Assert.Contains(
            "\"a\\uFFFDb\"",
            System.Text.Encoding.UTF8.GetString((await _signer.Audit.ReadAsync(0, 1))[0].Entry.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_offence_is_not_lost_because_another_decision_of_the_commit_failed()
    {
        await _signer!.Ledger.WriteAllAsync([.. Enumerable.Range(0, 300).Select(_ => new Refusal(_signer.Audit, PublicKey(1)))]);
        var before = (await _signer.Audit.HeadAsync()).Sequence;

        await _signer.Ledger.WriteAllAsync([
            new Refusal(_signer.Audit, PublicKey(50)),
            new Refusal(_signer.Audit, PublicKey(51)),
            new Refusal(_signer.Audit, PublicKey(1)) { Fails = true },
        ]);

        Assert.Equal(2, (await _signer.Audit.ReadAsync(before, 10)).Count);
    }

    private static IEnumerable<byte[]> Changes(byte[] bytes) =>
        Enumerable
            .Range(0, bytes.Length)
            .SelectMany(i =>
                new byte[] { 0, 1, 2, 7, 0x7F, 0x80, 0xFF, (byte)(bytes[i] ^ 1) }
                    .Where(value => value != bytes[i])
                    .Select(value => (byte[])[.. bytes[..i], value, .. bytes[(i + 1)..]])
            );

    private Task WriteAsync(int count) =>
        _signer!.Ledger.WriteAllAsync([.. Enumerable.Range(0, count).Select(_ => new Grant(_signer.Audit))]);

    private Task<int> SetAsync(string sql, byte[] bytes) =>
        _signer!.Ledger.WriteAsync(transaction => transaction.Statement(sql).Bind(1, bytes).Execute());

    private Task<List<(long Number, byte[] Bytes)>> RowsAsync(string sql) =>
        _signer!.Ledger.WriteAsync(transaction =>
        {
            var (found, rows) = (new List<(long, byte[])>(), transaction.Statement(sql));
            while (rows.Step())
            {
                found.Add((rows.Number(0), rows.Blob(1).ToArray()));
            }

            return found;
        });

    private sealed class Grant(AuditLog audit) : LedgerWork
    {
        public override bool IsRepeatable => true;

        public override void Run(LedgerTransaction transaction) =>
            audit.Append(
                transaction,
                new AuditEntry
                {
                    Action = "sign",
                    Decision = AuditDecision.Granted,
                    Client = "vc",
                    ShareKey = PublicKey(3),
                    Duty = DutyType.RandaoReveal,
                    Slot = new Slot(9),
                    SigningRoot = Root(1),
                }
            );
    }

    private sealed class Refusal(AuditLog audit, BlsPublicKey key) : LedgerWork
    {
        public bool Fails { get; init; }

        public override bool IsRepeatable => true;

        public override void Run(LedgerTransaction transaction) =>
            _ = Fails
                ? throw new InvalidOperationException("no")
                : audit.AppendRefusal(
                    transaction,
                    new AuditEntry
                    {
                        Action = "sign",
                        Decision = AuditDecision.Refused,
                        Client = "vc",
                        ShareKey = key,
                        Rule = SlashingRule.DoubleVote.Name(),
                    }
                );
    }
}
