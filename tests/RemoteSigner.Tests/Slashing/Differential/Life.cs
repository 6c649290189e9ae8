using System.Runtime.CompilerServices;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Host;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>
/// One run of a signer on a data directory: real ledger, slashing protection, start protocol and fence. Only the anchor is a model of
/// hardware.
/// </summary>
internal sealed class Life : IAsyncDisposable
{
    private readonly Ledger _ledger;
    private readonly AuditLog _audit;

    private Life(Ledger ledger, SlashingProtection slashing, AuditLog audit, ObservedRollbackAnchor anchor, TimeProvider time)
    {
        (_ledger, Slashing, _audit, Anchor) = (ledger, slashing, audit, anchor);
        Fence = new Fence(TemporarySigner.Minimal, new SlotClock(TemporarySigner.Minimal, null, time), time);
    }

    public SlashingProtection Slashing { get; }

    public ObservedRollbackAnchor Anchor { get; }

    public Fence Fence { get; }

    /// <summary>Batches of duties that met a closed fence.</summary>
    public int Idle { get; set; }

    public bool IsClosed => Fence.State.Closed is not null;

    public static async Task<Life> OpenAsync(string ledgerFile, ObservedRollbackAnchor anchor, TimeProvider time)
    {
        var ledger = Ledger.Open(ledgerFile);
        var slashing = await SlashingProtection.OpenAsync(ledger, TemporarySigner.Minimal);
        return new Life(ledger, slashing, await AuditLog.OpenAsync(ledger, time), anchor, time);
    }

    /// <summary>Runs the start protocol as the host does: an anchor that fails is asked again.</summary>
    public async Task<StartDecision> StartAsync(FenceKeys keys, Guid vault, TimeProvider time)
    {
        var found = await LedgerSnapshot.ReadAsync(_ledger, Slashing);
        var protocol = new StartProtocol(Anchor, keys, Slashing, found.With(Anchors.Of(vault, 1)), Entries(), time);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await protocol.RunAsync(Fence, CancellationToken.None);
            }
            catch (RollbackAnchorException fault) when (fault.MayPass && attempt < 20)
            {
                // Made or not made: the protocol finds out.
            }
        }
    }

    /// <summary>An orderly stop; false when the anchor did not take it.</summary>
    public async Task<bool> StopAsync()
    {
        await Fence.CloseAsync();
        var end = await _ledger.CloseAsync(transaction => HistoryEnd.Of(transaction, Slashing));
        Anchor.IsStopping = true;
        try
        {
            return await Fence.WriteCleanStopAsync(end, CancellationToken.None);
        }
        catch (RollbackAnchorException)
        {
            return false;
        }
    }

    /// <summary>Waits for a move of the fence that is under way, so that what follows does not depend on chance.</summary>
    public Task SettleAsync() => Move(Fence) ?? Task.CompletedTask;

    /// <summary>
    /// An audit entry where the ledger changes, and none otherwise: then the end of the log stands for the ledger's content, as in the
    /// model.
    /// </summary>
    public EvidenceWriter<T> Evidence<T>(bool changes) => (transaction, _) => changes ? Append(transaction, "test.change") : 1;

    public EvidenceRecorder Witnessed(SlashableContent content) =>
        (transaction, root, verdict) =>
            verdict is Verdict.Allowed { AlreadySigned: false } && content is not SlashableContent.None ? Append(transaction, "sign") : 1;

    public Task RecordStartAsync() => _ledger.WriteAsync(transaction => Append(transaction, "signer.start"));

    public Task<List<string>> DescribeAsync(Book book) => _ledger.ReadAsync(transaction => LedgerText.Of(transaction, book));

    public async ValueTask DisposeAsync()
    {
        Anchor.Process.Kill();
        await _ledger.DisposeAsync();
        Slashing.Dispose();
        Fence.Dispose();
    }

    // Without an entry of its own, a start that dies before it is counted leaves the ledger as it was, in the model as well; see
    // RecordStartAsync.
    private StartEntries Entries() => new((_, _) => 1, Evidence<GlobalLowWatermark>(changes: true), _ => Task.CompletedTask);

    private long Append(LedgerTransaction transaction, string action) =>
        _audit.Append(transaction, new AuditEntry { Action = action, Decision = AuditDecision.Granted });

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_move")]
    private static extern ref Task? Move(Fence fence);
}
