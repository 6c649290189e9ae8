using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Audit;

public sealed class AuditSegmentTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segments-");
    private TemporarySigner _signer = null!;
    private Administrator _administrator = null!;

    public async ValueTask InitializeAsync()
    {
        _signer = await TemporarySigner.CreateAsync();
        await OpenAsync();
        await _signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await SignAsync(1, 20);
    }

    [Fact]
    public async Task A_segment_is_the_entries_line_by_line_between_the_hashes_that_its_first_line_says()
    {
        var (path, segment) = await ExportAsync("one");

        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(new AuditSegment(1, 20, default, segment.Head), segment);
        Assert.Equal(
            $$"""{"format":"remote-signer-audit-segment-1","first":1,"last":20,"previous":"0x{{new string('0', 64)}}","head":"{{segment.Head}}"}""",
            lines[0]
        );
        Assert.Equal(
            segment.Head.Bytes,
            lines.Skip(1).Aggregate(new byte[32], (hash, line) => SHA256.HashData([.. hash, .. Encoding.UTF8.GetBytes(line)]))
        );
    }

    [Fact]
    public async Task What_was_dropped_frees_its_rows_and_the_chain_goes_on_and_verifies_with_and_without_the_files()
    {
        var (one, _) = await ExportAsync("one");
        await DropAsync(one);
        await SignAsync(21, 30);
        await ReopenAsync();
        await SignAsync(31, 40);
        var (two, second) = await ExportAsync("two", through: 30);
        await DropAsync(two);

        Assert.Equal((21, 30), (second.First, second.Last));
        Assert.Equal(31, (await _signer.Audit.ReadAsync(0, 1))[0].Sequence);
        var alone = Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_signer.Ledger));
        var whole = Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_signer.Ledger, one, two));
        Assert.Equal((alone.Head.Sequence, 40), (whole.Head.Sequence, whole.Records));
        Assert.Equal((0, 40), (whole.Unmatched, alone.Records + alone.Unmatched));
        Assert.InRange(alone.Unmatched, 20, 40);
    }

    [Fact]
    public async Task What_was_signed_before_is_granted_again_and_nothing_else()
    {
        await DropAsync((await ExportAsync("one")).Path);
        await ReopenAsync();

        Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1), Vote(19, 20), Root(1)));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await _signer.RequestAsync(Key(1), Vote(19, 20), Root(2))));
    }

    [Theory]
    [InlineData("\"vc\"", "\"xx\"")]
    [InlineData("\"last\":20", "\"last\":19")]
    [InlineData("\"first\":1,", "\"first\":2,")]
    [InlineData("\"first\":1,", "\"first\":-9223372036854775808,")]
    [InlineData("\"last\":20", "\"last\":9223372036854775807")]
    [InlineData("segment-1", "segment-2")]
    public async Task A_file_that_was_changed_drops_nothing_and_verifies_nothing(string from, string to)
    {
        var (path, _) = await ExportAsync("one");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<AuditSegmentException>(() => DropAsync(path));
        await Assert.ThrowsAsync<AuditSegmentException>(() => AuditVerifier.VerifyAsync(_signer.Ledger, path));
        Assert.Equal(1, (await _signer.Audit.ReadAsync(0, 1))[0].Sequence);
    }

    [Fact]
    public async Task A_file_that_was_cut_drops_nothing()
    {
        var (path, _) = await ExportAsync("one");
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(path, lines[..^1], TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<AuditSegmentException>(() => DropAsync(path));
    }

    [Fact]
    public async Task A_file_whose_lines_have_no_end_is_not_read_into_memory()
    {
        var path = Path.Combine(_folder.FullName, "endless");
        await using (var file = new FileStream(path, FileMode.CreateNew))
        {
            file.SetLength(4L << 30);
        }

        var before = GC.GetTotalAllocatedBytes();
        Assert.Contains(
            "more than",
            (await Assert.ThrowsAsync<AuditSegmentException>(() => AuditVerifier.VerifyAsync(_signer.Ledger, path))).Message,
            StringComparison.Ordinal
        );
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 512 << 20);
    }

    [Fact]
    public async Task Only_the_oldest_entries_of_this_very_log_are_dropped()
    {
        var (one, _) = await ExportAsync("one");
        await DropAsync(one);

        Assert.Equal("another_log", (await Assert.ThrowsAsync<AdminException>(() => DropAsync(one))).Code);

        await using var other = await TemporarySigner.CreateAsync();
        await other.Audit.RecordAsync(new AuditEntry { Action = "start", Decision = AuditDecision.Event });
        var foreign = Path.Combine(_folder.FullName, "foreign");
        await using (var file = File.Create(foreign))
        {
            await other.Audit.ExportAsync(file, null);
        }

        Assert.Equal("another_log", (await Assert.ThrowsAsync<AdminException>(() => DropAsync(foreign))).Code);
        Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer.Ledger, foreign));
    }

    [Fact]
    public async Task What_the_log_still_has_is_walked_there_whatever_a_file_says_of_it()
    {
        var (one, _) = await ExportAsync("one");
        await _signer.Ledger.WriteAsync(transaction => transaction.Statement("DELETE FROM audit WHERE seq BETWEEN 5 AND 7").Execute());

        Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer.Ledger, one));
        Assert.Equal("another_log", (await Assert.ThrowsAsync<AdminException>(() => DropAsync(one))).Code);
    }

    [Fact]
    public async Task A_beginning_that_no_checkpoint_says_is_broken()
    {
        await _signer.Ledger.WriteAsync(transaction =>
        {
            LedgerEntries.DropThrough(transaction, 10);
            return LedgerEntries.DeleteDropped(transaction, 100);
        });

        Assert.Contains(
            "no checkpoint",
            Assert.IsType<AuditVerification.Broken>(await AuditVerifier.VerifyAsync(_signer.Ledger)).Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_follower_has_not_taken_is_not_dropped()
    {
        var (one, _) = await ExportAsync("one");
        var feed = await EntryFeed.OpenAsync(_signer.Ledger, "sink");
        var hasTaken = new TaskCompletionSource();
        var followed = feed.FollowAsync(
            (entries, _) =>
            {
                hasTaken.SetResult();
                return entries[0].Sequence == 1 ? Task.CompletedTask : throw new IOException("away");
            },
            TestContext.Current.CancellationToken
        );
        await hasTaken.Task;
        hasTaken = new TaskCompletionSource();
        await _signer.Audit.RecordAsync(new AuditEntry { Action = "one.more", Decision = AuditDecision.Event });
        await Assert.ThrowsAsync<IOException>(() => followed);
        await DropAsync(one);
        var (two, _) = await ExportAsync("two");

        Assert.Equal("not_delivered", (await Assert.ThrowsAsync<AdminException>(() => DropAsync(two))).Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _administrator.DisposeAsync();
        await _signer.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task SignAsync(ulong first, ulong last)
    {
        for (var target = first; target <= last; target++)
        {
            Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1), Vote(target - 1, target), Root(1)));
        }
    }

    private async Task<(string Path, AuditSegment Segment)> ExportAsync(string name, long? through = null)
    {
        var path = Path.Combine(_folder.FullName, name);
        return (path, await _administrator.ExecuteAsync(new ExportAudit(path, through), new Actor.Itself()));
    }

    private Task<AuditSegment> DropAsync(string path) => _administrator.ExecuteAsync(new DropAudit(path), new Actor.Itself());

    private async Task ReopenAsync()
    {
        await _administrator.DisposeAsync();
        await _signer.ReopenAsync();
        await OpenAsync();
    }

    private async Task OpenAsync() =>
        _administrator = new Administrator(
            new VaultSite(null!),
            _signer.Slashing,
            _signer.Audit,
            await PendingActs.OpenAsync(_signer.Ledger),
            new ClusterLibrary(new ClusterArchive(_folder.FullName)),
            new AccessPolicy(new Dictionary<string, ClientPermissions>()),
            new SlotClock(_signer.Network, null, TimeProvider.System)
        );
}
