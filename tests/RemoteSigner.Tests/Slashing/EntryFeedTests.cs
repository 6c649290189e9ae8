using RemoteSigner.Audit;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Tests.Slashing;

public sealed class EntryFeedTests : IAsyncDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("feed").FullName, "ledger.sqlite");
    private readonly CancellationTokenSource _stop = new();
    private Ledger? _ledger;

    [Fact]
    public async Task Hands_over_what_was_there_before_and_wakes_for_what_is_committed_after()
    {
        var audit = await OpenAsync();
        await RecordAsync(audit, 3);
        var follower = new Follower(expected: 5);
        var following = follower.FollowAsync(_ledger!, _stop.Token);
        await RecordAsync(audit, 2);
        Assert.Equal([1, 2, 3, 4, 5], await follower.Taken);
        await StopAsync(following);
    }

    [Fact]
    public async Task Goes_on_after_a_restart_where_it_stood()
    {
        var audit = await OpenAsync();
        await RecordAsync(audit, 3);
        var first = new Follower(expected: 3);
        var following = first.FollowAsync(_ledger!, _stop.Token);
        _ = await first.Taken;

        // Its place is in the ledger once it is there; the next batch cannot be taken before.
        await WaitForPositionAsync(3);
        await _ledger!.DisposeAsync();
        var closed = await Assert.ThrowsAsync<LedgerException>(() => following);
        Assert.Equal(LedgerFault.Closed, closed.Fault);

        audit = await OpenAsync();
        await RecordAsync(audit, 2);
        var second = new Follower(expected: 2);
        following = second.FollowAsync(_ledger!, _stop.Token);
        Assert.Equal([4, 5], await second.Taken);
        await StopAsync(following);
    }

    [Fact]
    public async Task Hands_the_same_entries_over_again_to_one_that_failed()
    {
        var audit = await OpenAsync();
        await RecordAsync(audit, 2);
        var feed = await EntryFeed.OpenAsync(_ledger!, "tests");
        await Assert.ThrowsAsync<IOException>(() => feed.FollowAsync((_, _) => throw new IOException("the sink is away"), _stop.Token));
        Assert.Equal(0, await feed.GetPositionAsync());

        var again = new Follower(expected: 2);
        var following = again.FollowAsync(_ledger!, _stop.Token);
        Assert.Equal([1, 2], await again.Taken);
        await StopAsync(following);
    }

    [Fact]
    public async Task Hands_over_nothing_that_was_undone()
    {
        var audit = await OpenAsync();
        var follower = new Follower(expected: 1);
        var following = follower.FollowAsync(_ledger!, _stop.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _ledger!.WriteAsync<long>(transaction =>
            {
                audit.Append(transaction, new AuditEntry { Action = "undone", Decision = AuditDecision.Event });
                throw new InvalidOperationException("undone");
            })
        );
        await RecordAsync(audit, 1);
        Assert.Equal([1], await follower.Taken);
        Assert.DoesNotContain("undone", System.Text.Encoding.UTF8.GetString(follower.Last!.Entry.Span), StringComparison.Ordinal);
        await StopAsync(following);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }

        _stop.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    private async Task<AuditLog> OpenAsync()
    {
        _ledger = File.Exists(_path) ? Ledger.Open(_path) : Ledger.Create(_path);
        return await AuditLog.OpenAsync(_ledger, TimeProvider.System);
    }

    private async Task WaitForPositionAsync(long position)
    {
        var feed = await EntryFeed.OpenAsync(_ledger!, "tests");
        while (await feed.GetPositionAsync() < position)
        {
            await Task.Yield();
        }
    }

    private async Task StopAsync(Task following)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    private static async Task RecordAsync(AuditLog audit, int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            await audit.RecordAsync(new AuditEntry { Action = "test", Decision = AuditDecision.Event });
        }
    }

    private sealed class Follower(int expected)
    {
        private readonly List<long> _taken = [];
        private readonly TaskCompletionSource<IReadOnlyList<long>> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<long>> Taken => _all.Task;

        public LedgerEntry? Last { get; private set; }

        public async Task FollowAsync(Ledger ledger, CancellationToken cancellation) =>
            await (await EntryFeed.OpenAsync(ledger, "tests")).FollowAsync(TakeAsync, cancellation);

        private Task TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
        {
            _taken.AddRange(entries.Select(entry => entry.Sequence));
            Last = entries[^1];
            if (_taken.Count >= expected)
            {
                _all.TrySetResult([.. _taken]);
            }

            return Task.CompletedTask;
        }
    }
}
