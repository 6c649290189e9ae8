using System.Collections.Immutable;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Slashing;

namespace RemoteSigner.Audit;

/// <summary>
/// The audit entries of this signer, each hashed together with the one before it: <c>hash = SHA-256(previous hash ‖ canonical bytes)</c>.
/// An entry about a decision is written by <see cref="Append"/> inside the transaction of that decision; anything else by
/// <see cref="RecordAsync"/>.
/// </summary>
public sealed class AuditLog
{
    private readonly Ledger _ledger;
    private readonly TimeProvider _time;
    private readonly RefusalBudget _refusals;

    private AuditLog(Ledger ledger, TimeProvider time) => (_ledger, _time, _refusals) = (ledger, time, new RefusalBudget(time));

    /// <summary>
    /// Makes the table in a new ledger, or checks its version. The chain itself is walked by <see cref="AuditVerifier"/>.
    /// </summary>
    public static async Task<AuditLog> OpenAsync(Ledger ledger, TimeProvider time)
    {
        await LedgerEntries.OpenAsync(ledger);
        return new AuditLog(ledger, time);
    }

    /// <summary>
    /// Adds an entry to the transaction and returns its number. Only valid inside ledger work; meant for <see cref="EvidenceRecorder"/>.
    /// </summary>
    public long Append(LedgerTransaction transaction, in AuditEntry entry)
    {
        var tail = transaction.Recall(Tail.Load);
        var text = LedgerEntries.Next(transaction);
        AuditEncoding.Write(text, tail.Sequence + 1, _time.GetUtcNow(), entry);
        tail.Extend(text.Bytes);
        LedgerEntries.Append(transaction, tail.Sequence, tail.Hash);
        return tail.Sequence;
    }

    /// <summary>
    /// Adds an entry about a refusal, within what one client may make this log grow (<see cref="RefusalBudget"/>). Beyond that it is only
    /// counted, and 0 is returned. Only valid inside ledger work.
    /// </summary>
    public long AppendRefusal(LedgerTransaction transaction, AuditEntry refused)
    {
        var admitted = _refusals.Admit(refused, out var takeBack);
        transaction.WhenUndone(takeBack);
        return admitted is { } entry ? Append(transaction, entry) : 0;
    }

    /// <summary>The same in a transaction of its own; on disk, where it is written at all, when the task ends.</summary>
    public Task<long> RecordRefusalAsync(AuditEntry refused) => _ledger.WriteAsync(transaction => AppendRefusal(transaction, refused));

    /// <summary>Writes an entry in a transaction of its own, together with what else goes with it; on disk when the task ends.</summary>
    public Task<long> RecordAsync(AuditEntry entry, Action<LedgerTransaction>? with = null) =>
        _ledger.WriteAsync(transaction =>
        {
            with?.Invoke(transaction);
            return Append(transaction, entry);
        });

    /// <summary>The newest entry's number and hash.</summary>
    public Task<AuditHead> HeadAsync() => _ledger.WriteAsync(HeadOf);

    /// <summary>The same within work of the caller.</summary>
    public static AuditHead HeadOf(LedgerTransaction transaction)
    {
        var tail = transaction.Recall(Tail.Load);
        return new AuditHead(tail.Sequence, ImmutableArray.Create(tail.Hash));
    }

    /// <summary>Up to <paramref name="limit"/> entries after the one numbered <paramref name="after"/>, oldest first.</summary>
    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(long after, int limit) =>
        _ledger.ReadAsync(transaction => LedgerEntries.After(transaction, after, limit));

    /// <summary>Writes the kept entries as a segment, up to the newest or to <paramref name="through"/>.</summary>
    /// <exception cref="AuditSegmentException">There is no such entry.</exception>
    public Task<AuditSegment> ExportAsync(Stream file, long? through) => AuditSegment.WriteAsync(_ledger, file, through);

    /// <summary>
    /// The end of the chain, in the ledger's memory: gone with every rollback, so that no hash of an undone entry goes on.
    /// </summary>
    private sealed class Tail
    {
        private readonly byte[] _hash = new byte[Sha256.Length];
        private byte[] _hashed = new byte[2048];

        private Tail() { }

        public long Sequence { get; private set; }

        public ReadOnlySpan<byte> Hash => _hash;

        public static Tail Load(LedgerTransaction transaction)
        {
            var tail = new Tail();
            tail.Sequence = LedgerEntries.Newest(transaction, tail._hash);
            return tail;
        }

        /// <summary>Moves on by one entry.</summary>
        public void Extend(ReadOnlySpan<byte> entry)
        {
            var length = _hash.Length + entry.Length;
            if (_hashed.Length < length)
            {
                _hashed = new byte[2 * length];
            }

            _hash.CopyTo(_hashed, 0);
            entry.CopyTo(_hashed.AsSpan(_hash.Length));
            Sha256.Hash(_hashed.AsSpan(0, length), _hash);
            Sequence++;
        }
    }
}
