using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Audit;

/// <summary>
/// The audit entries of this signer, each hashed together with the one before it: <c>hash = SHA-256(previous hash ‖ canonical bytes)</c>. An entry
/// about a decision is written by <see cref="Append"/> inside the transaction of that decision; anything else by <see cref="RecordAsync"/>.
/// </summary>
public sealed class AuditLog
{
    private static readonly LedgerSchema Schema = new(
        "audit",
        1,
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT",
        []);

    private readonly Ledger _ledger;
    private readonly TimeProvider _time;
    private readonly RefusalBudget _refusals;

    private AuditLog(Ledger ledger, TimeProvider time) => (_ledger, _time, _refusals) = (ledger, time, new RefusalBudget(time));

    /// <summary>Makes the table in a new ledger, or checks its version. The chain itself is walked by <see cref="AuditVerifier"/>.</summary>
    public static async Task<AuditLog> OpenAsync(Ledger ledger, TimeProvider time)
    {
        await ledger.WriteAsync(transaction =>
        {
            transaction.Ensure(Schema);
            return true;
        });
        return new AuditLog(ledger, time);
    }

    /// <summary>Adds an entry to the transaction and returns its number. Only valid inside ledger work; meant for <see cref="DecisionWitness"/>.</summary>
    public long Append(LedgerTransaction transaction, AuditEntry entry)
    {
        var tail = transaction.Recall(Tail.Load);
        var bytes = tail.Extend(_time.GetUtcNow(), entry);
        transaction.Statement("INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)")
            .Bind(1, tail.Sequence).Bind(2, bytes).Bind(3, tail.Hash)
            .Execute();
        return tail.Sequence;
    }

    /// <summary>
    /// Adds an entry about a refusal, within what one client may make this log grow (<see cref="RefusalBudget"/>). Beyond that it is only counted, and 0 is returned. Only valid inside ledger work.
    /// </summary>
    public long AppendRefusal(LedgerTransaction transaction, AuditEntry refused) => _refusals.Admit(refused) is { } entry ? Append(transaction, entry) : 0;

    /// <summary>The same in a transaction of its own; on disk, where it is written at all, when the task ends.</summary>
    public Task<long> RecordRefusalAsync(AuditEntry refused) => _ledger.WriteAsync(transaction => AppendRefusal(transaction, refused));

    /// <summary>Writes an entry in a transaction of its own; on disk when the task ends.</summary>
    public Task<long> RecordAsync(AuditEntry entry) => _ledger.WriteAsync(transaction => Append(transaction, entry));

    /// <summary>The newest entry's number and hash.</summary>
    public Task<AuditHead> HeadAsync() => _ledger.WriteAsync(HeadOf);

    /// <summary>The same within work of the caller.</summary>
    public static AuditHead HeadOf(LedgerTransaction transaction)
    {
        var tail = transaction.Recall(Tail.Load);
        return new AuditHead(tail.Sequence, ImmutableArray.Create(tail.Hash));
    }

    /// <summary>Up to <paramref name="limit"/> entries after the one numbered <paramref name="after"/>, oldest first.</summary>
    public Task<IReadOnlyList<AuditRecord>> ReadAsync(long after, int limit) =>
        _ledger.ReadAsync(transaction => (IReadOnlyList<AuditRecord>)Page(transaction, after, limit));

    internal static List<AuditRecord> Page(LedgerTransaction transaction, long after, int limit)
    {
        var entries = new List<AuditRecord>();
        var rows = transaction.Statement("SELECT seq, entry, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2").Bind(1, after).Bind(2, limit);
        while (rows.Step())
        {
            entries.Add(new AuditRecord(rows.Number(0), rows.Blob(1).ToArray(), rows.Blob(2).ToArray()));
        }

        return entries;
    }

    /// <summary>The end of the chain, in the ledger's memory: gone with every rollback, so that no hash of an undone entry goes on.</summary>
    private sealed class Tail
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(1024);
        private readonly Utf8JsonWriter _json;
        private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];

        private Tail() => _json = AuditEncoding.Writer(_buffer);

        public long Sequence { get; private set; }

        public ReadOnlySpan<byte> Hash => _hash;

        public static Tail Load(LedgerTransaction transaction)
        {
            var tail = new Tail();
            var last = transaction.Statement("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
            if (last.Step())
            {
                tail.Sequence = last.Number(0);
                last.Blob(1).CopyTo(tail._hash);
                last.Reset();
            }

            return tail;
        }

        /// <summary>Moves on by one entry; returns its canonical bytes, valid until the next call.</summary>
        public ReadOnlySpan<byte> Extend(DateTimeOffset time, AuditEntry entry)
        {
            _buffer.ResetWrittenCount();
            _hash.CopyTo(_buffer.GetSpan(_hash.Length));
            _buffer.Advance(_hash.Length);
            _json.Reset();
            AuditEncoding.Write(_json, ++Sequence, time, entry);
            _json.Flush();
            SHA256.HashData(_buffer.WrittenSpan, _hash);
            return _buffer.WrittenSpan[_hash.Length..];
        }
    }
}
