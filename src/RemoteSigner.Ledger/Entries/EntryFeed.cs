using System.Buffers.Binary;

namespace RemoteSigner.Ledgers;

/// <summary>
/// Hands the entries of a ledger to one follower, in their order, once they are committed. Where the follower stands is kept in the ledger
/// under its name and survives restarts; after a crash it may be handed again what it took last, so it must not mind that. Waiting costs
/// nothing: the writer wakes it.
/// </summary>
public sealed class EntryFeed
{
    private const int EntriesPerHandful = 1000;
    private const string Prefix = "feed.";

    private readonly Ledger _ledger;
    private readonly string _note;

    private EntryFeed(Ledger ledger, string follower) => (_ledger, _note) = (ledger, Prefix + follower);

    /// <summary>The feed of the follower with this name; one that was never here begins at the first entry that is kept.</summary>
    public static async Task<EntryFeed> OpenAsync(Ledger ledger, string follower)
    {
        await LedgerEntries.OpenAsync(ledger);
        await LedgerNotes.OpenAsync(ledger);
        return new EntryFeed(ledger, follower);
    }

    /// <summary>The number of the last entry that was taken; 0 when none was.</summary>
    public Task<long> GetPositionAsync() =>
        _ledger.ReadAsync(transaction =>
            LedgerNotes.Find(transaction, _note) is { } value ? BinaryPrimitives.ReadInt64BigEndian(value) : 0
        );

    /// <summary>Where the slowest follower stands; null when there is none. What it has not taken must not be dropped.</summary>
    public static long? SlowestPosition(LedgerTransaction transaction) =>
        LedgerNotes.WithPrefix(transaction, Prefix) is { Count: > 0 } positions
            ? positions.Min(value => BinaryPrimitives.ReadInt64BigEndian(value))
            : null;

    /// <summary>
    /// Hands over what was not taken yet, at most a thousand entries at a time, and then whatever is committed, until it is cancelled. An
    /// entry counts as taken when <paramref name="takeAsync"/> has ended well; what it throws ends the feed, and the next one begins where
    /// this one stood.
    /// </summary>
    public async Task FollowAsync(Func<IReadOnlyList<LedgerEntry>, CancellationToken, Task> takeAsync, CancellationToken cancellation)
    {
        var position = await GetPositionAsync();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();

            // Asked for before looking: what is committed between the two wakes it.
            var more = _ledger.NextEntriesAsync();
            var entries = await _ledger.ReadAsync(transaction => LedgerEntries.After(transaction, position, EntriesPerHandful));
            if (entries.Count == 0)
            {
                await more.WaitAsync(cancellation);
                continue;
            }

            await takeAsync(entries, cancellation);
            position = entries[^1].Sequence;
            await KeepAsync(position);
        }
    }

    private Task<bool> KeepAsync(long position) =>
        _ledger.WriteAsync(transaction =>
        {
            Span<byte> value = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(value, position);
            LedgerNotes.Put(transaction, _note, value);
            return true;
        });
}
