using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>What a person may not be led into who clears a refusal or low watermarks.</summary>
public sealed class ClearanceTests
{
    private static readonly Guid _vault = Guid.NewGuid();

    [Theory]
    [InlineData(10UL, 42UL)]
    [InlineData(99UL, 99UL)]
    public void A_late_clock_puts_no_low_watermark_beneath_what_the_ledger_itself_knows(ulong guess, ulong expected)
    {
        var end = new HistoryEnd(7, default, default, new Epoch(39), new Epoch(41), new Slot(300));
        var standing = new Standing(
            null!,
            null!,
            new ObservedState(Anchors.Of(_vault, 1), null, end),
            TemporarySigner.Minimal,
            new SlotClock(TemporarySigner.Minimal, null, TimeProvider.System)
        );

        Assert.Equal(new Epoch(expected), standing.PastTheLedger(new Epoch(guess)));
    }

    [Fact]
    public async Task A_start_that_found_another_signer_is_remembered_until_the_next_one()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await PendingActs.OpenAsync(signer.Ledger);
        var entries = StartLog.Entries(signer.Audit);
        await StartAsync(signer, 3);

        await entries.RefuseAsync(new RollbackRefusal(RollbackReason.RecordBehind, "another reason", "none"));
        Assert.False(await signer.Ledger.WriteAsync(StartLog.WasElsewhere));
        await entries.RefuseAsync(new RollbackRefusal(RollbackReason.StartedElsewhere, "another signer", "none"));
        Assert.True(await signer.Ledger.WriteAsync(StartLog.WasElsewhere));

        await StartAsync(signer, 4);
        Assert.False(await signer.Ledger.WriteAsync(StartLog.WasElsewhere));
    }

    /// <summary>Notes of before version 7 of the ledger's tables have their former names.</summary>
    [Fact]
    public async Task What_an_earlier_program_noted_of_the_anchor_is_still_known()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await PendingActs.OpenAsync(signer.Ledger);
        await StartAsync(signer, 3);
        await NoteAsync("freshness.elsewhere", [0, 0, 0, 0, 0, 0, 0, 3]);
        await NoteAsync(
            "administration.pending",
            System.Text.Encoding.UTF8.GetBytes($$"""[{"action":"freshness.move","record":"{{Duties.Root(1)}}"}]""")
        );

        Assert.True(await signer.Ledger.WriteAsync(StartLog.WasElsewhere));
        Assert.Equal(AuditActions.RollbackProtectionMove, Assert.Single(await signer.Ledger.WriteAsync(PendingActs.Read)).Action);
        await StartAsync(signer, 4);
        Assert.False(await signer.Ledger.WriteAsync(StartLog.WasElsewhere));

        Task NoteAsync(string name, byte[] value) =>
            signer.Ledger.WriteAsync(transaction =>
            {
                LedgerNotes.Put(transaction, name, value);
                return true;
            });
    }

    private static Task StartAsync(TemporarySigner signer, ulong number) =>
        signer.Slashing.RecordStartAsync(new LedgerStart(_vault, "anchor", number, 1), null, (_, _) => 1);
}
