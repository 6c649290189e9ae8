using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Audit;

/// <summary>Entries are kept packed, those of one transaction in one row: what is read is what was hashed, byte for byte.</summary>
public sealed class EntryPackingTests : IAsyncLifetime
{
    private static readonly Gen<string?> _text = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.Const((string?)"vc"),
        Gen.Const((string?)"dvt-1"),
        Gen.String[0, 40].Select(text => (string?)text),
        Gen.Char[' ', '~'].Array[0, 300].Select(text => (string?)new string(text))
    );

    private static readonly Gen<ulong?> _number = Gen.OneOf(
        Gen.Const((ulong?)null),
        Gen.ULong[0, 300].Select(number => (ulong?)number),
        Gen.ULong.Select(number => (ulong?)number)
    );

    private static readonly Gen<AuditEntry> _entry = Gen.Select(
            Gen.Int[0, 2].Select(one => (AuditDecision)one),
            Gen.Int[0, 2].Select(one => new[] { "sign", "key.import", "rollback_protection.start" }[one]),
            _text,
            _text,
            Gen.Int[0, 5],
            Gen.Int[0, 3],
            _number,
            _number
        )
        .Select(
            (decision, action, one, other, key, root, slot, count) =>
                new AuditEntry
                {
                    Decision = decision,
                    Action = action,
                    RequestId = one,
                    Client = other,
                    ClientFingerprint = key == 1 ? null : Root(key).ToString()[2..],
                    User = key == 2 ? one : null,
                    ShareKey = key == 3 ? null : PublicKey(key),
                    GroupKey = key % 2 == 0 ? null : PublicKey(9),
                    Keys = key == 4 ? [PublicKey(1), PublicKey(2)] : [],
                    FileHash = root == 3 ? Root(7) : null,
                    Through = count is <= long.MaxValue ? (long)count : null,
                    Head = root == 2 ? Root(8) : null,
                    Duty = key == 5 ? null : DutyType.Attestation,
                    Slot = slot is { } number ? new Slot(number) : null,
                    SourceEpoch = slot is { } epoch ? new Epoch(epoch / 2) : null,
                    SigningRoot = root == 0 ? null : Root(root),
                    SignedBefore = key == 0,
                    Rule = root == 1 ? "DoubleVote" : null,
                    Count = count is <= long.MaxValue ? (long)count : null,
                    Detail = key == 2 ? other : null,
                }
        );

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 5, 6, 7, 8, 90, TimeSpan.Zero));
    private TemporarySigner? _signer;

    public async ValueTask InitializeAsync() => _signer = await TemporarySigner.CreateAsync();

    public ValueTask DisposeAsync() => _signer!.DisposeAsync();

    [Fact]
    public async Task Whatever_is_written_together_is_read_as_it_was_hashed_entry_by_entry() =>
        await _entry
            .Array[1, 600]
            .SampleAsync(
                async entries =>
                {
                    var before = (await _signer!.Audit.HeadAsync()).Sequence;
                    var log = await AuditLog.OpenAsync(_signer.Ledger, _time);
                    var work = Array.ConvertAll(entries, entry => new Entry(log, entry));
                    _time.Advance(TimeSpan.FromMilliseconds(entries.Length));
                    await _signer.Ledger.WriteAllAsync(work);

                    var read = await _signer.Audit.ReadAsync(before, entries.Length + 1);

                    Assert.Equal(entries.Length, read.Count);
                    var hash = before == 0 ? new byte[32] : (await _signer.Audit.ReadAsync(before - 1, 1))[0].Hash.ToArray();
                    for (var i = 0; i < read.Count; i++)
                    {
                        Assert.Equal(before + 1 + i, read[i].Sequence);
                        Assert.Equal(Canonical(read[i].Sequence, entries[i]), System.Text.Encoding.UTF8.GetString(read[i].Entry.Span));
                        hash = SHA256.HashData([.. hash, .. read[i].Entry.Span]);
                        Assert.Equal(hash, read[i].Hash.ToArray());
                    }
                },
                iter: 60,
                threads: 1
            );

    [Fact]
    public async Task A_slot_of_votes_takes_some_bytes_an_entry()
    {
        await _signer!.Ledger.WriteAllAsync(Grants(0, 256));
        await _signer.Ledger.WriteAllAsync(Grants(0, 256));

        var bytes = await _signer.Ledger.WriteAsync(transaction =>
        {
            var row = transaction.Statement("SELECT length(entry), (SELECT count(*) FROM audit) FROM audit ORDER BY seq DESC LIMIT 1");
            _ = row.Step();
            Assert.Equal(2, row.Number(1));
            return row.Number(0);
        });

        Assert.InRange(bytes, 256, 256 * 16);
    }

    [Fact]
    public async Task One_that_fails_takes_no_other_with_it_and_leaves_no_entry()
    {
        var work = Grants(0, 40);
        var failing = new Entry(_signer!.Audit, Grant(99)) { Then = _ => throw new InvalidOperationException("no") };
        LedgerWork[] all = [.. work[..20], failing, .. work[20..]];

        await _signer.Ledger.WriteAllAsync(all);

        Assert.Same(failing, Assert.Single(all, one => one.Failure is not null));
        Assert.Equal(40, (await _signer.Audit.HeadAsync()).Sequence);
        var entries = await _signer.Audit.ReadAsync(0, 100);
        Assert.Equal(
            Enumerable.Range(0, 40).Select(key => PublicKey(key).ToString()),
            entries.Select(entry => JsonDocument.Parse(entry.Entry).RootElement.GetProperty("share").GetString())
        );
        Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer.Ledger));
    }

    [Fact]
    public async Task What_a_part_of_the_work_wrote_goes_with_it_when_it_is_undone()
    {
        await _signer!.Ledger.WriteAsync(transaction =>
        {
            _signer.Audit.Append(transaction, Grant(1));
            Assert.Throws<InvalidOperationException>(() =>
                transaction.Attempt<long>(() =>
                {
                    _signer.Audit.Append(transaction, Grant(2));
                    Assert.Equal(2, LedgerEntries.After(transaction, 0, 10).Count);
                    throw new InvalidOperationException("no");
                })
            );
            Assert.Equal(2, transaction.Attempt(() => _signer.Audit.Append(transaction, Grant(3)), _ => false));
            return _signer.Audit.Append(transaction, Grant(4));
        });

        Assert.Equal(["1", "4"], (await _signer.Audit.ReadAsync(0, 10)).Select(entry => ShareOf(entry)));

        static string ShareOf(LedgerEntry entry) =>
            JsonDocument.Parse(entry.Entry).RootElement.GetProperty("share").GetString() == PublicKey(1).ToString() ? "1" : "4";
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 300)]
    [InlineData(255, 2)]
    [InlineData(256, 256)]
    [InlineData(699, 5)]
    public async Task A_part_of_the_log_begins_and_ends_anywhere_in_a_row(long after, int limit)
    {
        await _signer!.Ledger.WriteAllAsync(Grants(0, 700));
        var all = await _signer.Audit.ReadAsync(0, 1000);

        var part = await _signer.Audit.ReadAsync(after, limit);

        Assert.Equal(all.Skip((int)after).Take(limit).Select(Describe), part.Select(Describe));
        Assert.Equal(
            all[(int)after].Entry.ToArray(),
            await _signer.Ledger.WriteAsync(transaction => LedgerEntries.Find(transaction, after + 1))
        );
        Assert.Equal(
            all[(int)after].Hash.ToArray(),
            await _signer.Ledger.WriteAsync(transaction => LedgerEntries.FindHash(transaction, after + 1))
        );
        Assert.Null(await _signer.Ledger.WriteAsync(transaction => LedgerEntries.Find(transaction, 701)));
    }

    [Fact]
    public async Task What_was_dropped_in_the_middle_of_a_row_is_not_read_again_and_the_rest_goes_on_from_its_hash()
    {
        await _signer!.Ledger.WriteAllAsync(Grants(0, 300));
        var all = await _signer.Audit.ReadAsync(0, 1000);

        await _signer.Ledger.WriteAsync(transaction =>
        {
            LedgerEntries.DropThrough(transaction, 270);
            return LedgerEntries.DeleteDropped(transaction, 1000);
        });

        Assert.Equal(all.Skip(270).Select(Describe), (await _signer.Audit.ReadAsync(270, 1000)).Select(Describe));
        Assert.Null(await _signer.Ledger.WriteAsync(transaction => LedgerEntries.Find(transaction, 256)));
        await _signer.Ledger.WriteAsync(transaction =>
        {
            LedgerEntries.DropThrough(transaction, 300);
            return LedgerEntries.DeleteDropped(transaction, 1000);
        });
        Assert.Empty(await _signer.Audit.ReadAsync(300, 10));
        Assert.Equal(all[^1].Hash.ToArray(), (await _signer.Audit.HeadAsync()).Hash);
    }

    [Fact]
    public async Task Every_printable_character_is_written_as_the_platform_writes_it()
    {
        var text = new string([.. Enumerable.Range(0, 0x180).Select(code => (char)code)]);
        foreach (var one in text)
        {
            await _signer!.Audit.RecordAsync(
                new AuditEntry
                {
                    Action = "test",
                    Decision = AuditDecision.Event,
                    Detail = $"a{one}b",
                }
            );
        }

        var read = await _signer!.Audit.ReadAsync(0, 1000);

        Assert.Equal(
            text.Select(one => $"\"detail\":\"{JsonEncodedText.Encode($"a{one}b")}\"}}"),
            read.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Entry.Span))
                .Select(entry => entry[entry.IndexOf("\"detail\"", StringComparison.Ordinal)..])
        );
    }

    private static (long Sequence, string Entry, string Hash) Describe(LedgerEntry entry) =>
        (entry.Sequence, Convert.ToHexString(entry.Entry.Span), Convert.ToHexString(entry.Hash.Span));

    private static AuditEntry Grant(int key) =>
        new()
        {
            Action = "sign",
            Decision = AuditDecision.Granted,
            RequestId = "r",
            Client = "vc",
            ClientFingerprint = "ab",
            ShareKey = PublicKey(key),
            GroupKey = PublicKey(200),
            Duty = DutyType.Attestation,
            Slot = new Slot(320),
            SourceEpoch = new Epoch(9),
            TargetEpoch = new Epoch(10),
            SigningRoot = Root(1),
        };

    private Entry[] Grants(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(key => new Entry(_signer!.Audit, Grant(key % 250)))];

    /// <summary>The format of the README by System.Text.Json's own writer.</summary>
    private string Canonical(long sequence, AuditEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("seq", sequence);
        json.WriteString(
            "time",
            _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)
        );
        json.WriteString("action", entry.Action);
        json.WriteString(
            "decision",
            entry.Decision switch
            {
                AuditDecision.Granted => "granted",
                AuditDecision.Refused => "refused",
                _ => "event",
            }
        );
        Write("request", entry.RequestId);
        Write("client", entry.Client);
        Write("certificate", entry.ClientFingerprint);
        Write("user", entry.User);
        Write("share", entry.ShareKey?.ToString());
        Write("group", entry.GroupKey?.ToString());
        if (entry.Keys.Count > 0)
        {
            json.WriteStartArray("keys");
            foreach (var key in entry.Keys)
            {
                json.WriteStringValue(key.ToString());
            }

            json.WriteEndArray();
        }

        Write("file", entry.FileHash?.ToString());
        WriteNumber("through", (ulong?)entry.Through);
        Write("head", entry.Head?.ToString());
        Write("duty", entry.Duty?.ToString());
        WriteNumber("slot", entry.Slot?.Value);
        WriteNumber("source", entry.SourceEpoch?.Value);
        WriteNumber("target", entry.TargetEpoch?.Value);
        Write("root", entry.SigningRoot?.ToString());
        if (entry.SignedBefore)
        {
            json.WriteBoolean("again", true);
        }

        Write("rule", entry.Rule);
        WriteNumber("count", (ulong?)entry.Count);
        Write("detail", entry.Detail);
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);

        void Write(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        void WriteNumber(string name, ulong? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }
    }

    /// <summary>Work like a decision's: it may run again, and so runs together with others.</summary>
    private sealed class Entry(AuditLog audit, AuditEntry entry) : LedgerWork
    {
        public Action<LedgerTransaction> Then { get; init; } = _ => { };

        public override bool IsRepeatable => true;

        public override void Run(LedgerTransaction transaction)
        {
            audit.Append(transaction, entry);
            Then(transaction);
        }
    }
}
