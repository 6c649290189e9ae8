using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The anchor of a machine with a TPM: an NV counter that nobody can count down and an NV index with the record. Both are read and written
/// with an authorization value that is derived from the vault's root key; it takes part in the HMAC of every answer, so whoever cannot open
/// the vault can neither write nor invent one. The owner of the TPM can take the indices away, which is noticed; defined anew, the counter
/// goes on above every count it ever had. Counting is atomic: of two that count at once each gets a number of its own. A write is not: it
/// is compared and made in one connection, and another process may come in between.
/// </summary>
public sealed class TpmAnchor(SealingTpm device, Guid vaultId, FenceKeys keys) : IRollbackAnchor
{
    private const TpmaNv Ours = TpmaNv.AuthRead | TpmaNv.AuthWrite | TpmaNv.NoDA;

    public string Description => device.Description;

    public FenceIndices Indices => new(Counter.Handle, Record.Handle, keys.Anchor);

    private NvIndex Counter => new(CounterOf(vaultId, keys.Epoch));

    private NvIndex Record => new(RecordOf(vaultId, keys.Epoch));

    /// <summary>What the counter of a vault is, before its first count: a verifier compares it with what a TPM certified.</summary>
    /// <param name="epoch">How many root keys the vault had before; the places of every second one are the same.</param>
    public static TpmsNvPublic CounterOf(Guid vaultId, uint epoch) =>
        new(TpmHandles.FenceCounter(TpmSeal.ContextOf(vaultId), epoch), Ours | TpmaNv.Counter, [], 8);

    /// <summary>What the index with the record of a vault is, before the first was written.</summary>
    /// <param name="epoch">How many root keys the vault had before; the places of every second one are the same.</param>
    public static TpmsNvPublic RecordOf(Guid vaultId, uint epoch) =>
        new(TpmHandles.FenceRecord(TpmSeal.ContextOf(vaultId), epoch), Ours | TpmaNv.WriteAll, [], FenceRecord.Length);

    // Record first, the counter's first count last: what was interrupted before that was never made.
    public Task CreateAsync(CancellationToken cancellation) =>
        RunAsync(
            (tpm, root, session) =>
            {
                if (Found(tpm, Counter) is { Public.IsWritten: true })
                {
                    throw new RollbackAnchorException(
                        RollbackAnchorFault.Exists,
                        $"the {Description} holds an anchor of the vault {vaultId} already",
                        "'remote-signer rollback-protection status' shows what it says; "
                            + "'remote-signer rollback-protection clear' goes on from there"
                    );
                }

                Define(tpm, root);
                tpm.NvIncrement(Counter, session);
                return true;
            },
            cancellation
        );

    public Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation) => RunAsync(Read, cancellation);

    public Task<string?> FindStrangerAsync(CancellationToken cancellation) =>
        RunAsync(
            (tpm, _, _) =>
                IndicesOf(keys.Epoch + 1).FirstOrDefault(index => IsOurs(index, NvSearch.Find(tpm, index.Handle))) is { } other
                    ? $"the NV index 0x{other.Handle:X8} in the {Description} is of a fence of the vault {vaultId} under another root key"
                    : null,
            cancellation
        );

    public Task ClearAsync(CancellationToken cancellation) =>
        RunAsync((tpm, root, _) => Discard(tpm, root, [.. IndicesOf(0), .. IndicesOf(1)]), cancellation);

    // Compared again once it is counted: whoever took the number before has written his record by the time he signs, and is seen here.
    public Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        RunAsync(
            (tpm, root, session) =>
            {
                RequireUnchanged(Read(tpm, root, session), from.Identity, from.Count, from.Record.Span);
                tpm.NvIncrement(Existing(tpm, Counter), session);
                RequireUnchanged(Read(tpm, root, session), from.Identity, from.Count + 1, from.Record.Span);
                tpm.NvWrite(Existing(tpm, Record), session, record.Span);
                return true;
            },
            cancellation
        );

    public async Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(
                (tpm, root, session) =>
                {
                    RequireUnchanged(Read(tpm, root, session), from.Identity, from.Count, from.Record.Span);
                    tpm.NvWrite(Existing(tpm, Record), session, record.Span);
                    return true;
                },
                cancellation
            );
        }
        catch (RollbackAnchorException lost) when (lost.MayPass && lost.Fault != RollbackAnchorFault.Contested)
        {
            // The answer was lost: was the record written all the same? A silent TPM is not waited for twice.
            if (
                lost.InnerException is SealingTpmException { Fault: SealingTpmFault.Hung }
                || await ReadAsync(cancellation) is not { } reading
                || !reading.Shows(from.Count, record.Span)
            )
            {
                throw;
            }
        }
    }

    public async Task<string?> FindRollbackAsync(CancellationToken cancellation)
    {
        var maker = await RunAsync((tpm, _, _) => TpmMaker.Read(tpm), cancellation);
        return maker.IsSoftware
            ? $"the {Description} says it is a virtual one ({maker}): a snapshot of the machine that is put "
                + "back takes counter and record along with ledger and vault, and nobody notices"
            : null;
    }

    public Task DiscardAsync(CancellationToken cancellation) =>
        RunAsync((tpm, root, _) => Discard(tpm, root, IndicesOf(keys.Epoch)), cancellation);

    private RollbackAnchorReading? Read(Tpm tpm, PinnedKey root, TpmSession session) =>
        Found(tpm, Counter) is { Public.IsWritten: true } counter
            ? new RollbackAnchorReading(
                $"TPM {root.Name} counter {counter.Name}",
                tpm.NvReadCounter(counter, session),
                ReadRecord(tpm, session)
            )
            : null;

    private void RequireUnchanged(RollbackAnchorReading? now, string identity, ulong count, ReadOnlySpan<byte> record)
    {
        if (now is null)
        {
            throw Missing();
        }

        if (now.Identity != identity || !now.Shows(count, record))
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Contested,
                $"the {Description} does not show what was to be replaced: another process uses the anchor of the vault {vaultId}",
                "does another signer run with a copy of this data directory? Stop one of the two"
            );
        }
    }

    // What was never counted was never an anchor: it is left from an interrupted creation, and may be under keys that nobody has, because
    // the vault never got them.
    private void Define(Tpm tpm, PinnedKey root)
    {
        using var owner = device.StartOwnerSession(tpm, root);
        Owned(() =>
        {
            Discard(tpm, owner, IndicesOf(keys.Epoch));
            tpm.NvDefineSpace(owner, Record.Public, keys.Anchor.Span);
            return tpm.NvDefineSpace(owner, Counter.Public, keys.Anchor.Span);
        });
    }

    private bool Discard(Tpm tpm, PinnedKey root, NvIndex[] indices)
    {
        using var owner = device.StartOwnerSession(tpm, root);
        return Owned(() => Discard(tpm, owner, indices));
    }

    // Each counter before its record: what is left of a pair without one was never made.
    private bool Discard(Tpm tpm, TpmSession owner, NvIndex[] indices)
    {
        foreach (var found in indices.Select(index => Found(tpm, index)).OfType<NvIndex>())
        {
            tpm.NvUndefineSpace(owner, found);
        }

        return true;
    }

    private T Owned<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            throw device.OwnerRefused(e);
        }
    }

    private byte[] ReadRecord(Tpm tpm, TpmSession session)
    {
        if (Found(tpm, Record) is not { Public.IsWritten: true } record)
        {
            return [];
        }

        var bytes = new byte[FenceRecord.Length];
        tpm.NvRead(record, session, bytes);
        return bytes;
    }

    // Of one root key and of every second one; the others are of those between.
    private NvIndex[] IndicesOf(uint epoch) => [new(CounterOf(vaultId, epoch)), new(RecordOf(vaultId, epoch))];

    private NvIndex Existing(Tpm tpm, NvIndex index) => Found(tpm, index) ?? throw Missing();

    private RollbackAnchorException Missing() =>
        new(
            RollbackAnchorFault.Missing,
            $"the {Description} holds no anchor of the vault {vaultId}",
            "'remote-signer rollback-protection status' says what to do"
        );

    /// <summary>The index, written to or not yet; null when there is none.</summary>
    private NvIndex? Found(Tpm tpm, NvIndex index)
    {
        var found = NvSearch.Find(tpm, index.Handle);
        return found is null || IsOurs(index, found) ? found : throw Foreign(null);
    }

    private static bool IsOurs(NvIndex index, NvIndex? found) =>
        found is not null && (found.Name.Equals(index.Name) || found.Name.Equals(index.AsWritten().Name));

    private RollbackAnchorException Foreign(Exception? cause) =>
        new(
            RollbackAnchorFault.Foreign,
            $"the NV indices 0x{Counter.Handle:X8} and 0x{Record.Handle:X8} in the "
                + $"{Description} were not made under the root key of the vault {vaultId}",
            "'remote-signer rollback-protection status' shows how it stands, and "
                + "'remote-signer rollback-protection clear' what is risked; only "
                + "where no signer lives by them the TPM's owner may take them away "
                + $"(tpm2_nvundefine 0x{Counter.Handle:X8}, tpm2_nvundefine 0x{Record.Handle:X8})",
            cause
        );

    private async Task<T> RunAsync<T>(Func<Tpm, PinnedKey, TpmSession, T> work, CancellationToken cancellation)
    {
        try
        {
            return await device.RunAsync(
                tpm =>
                {
                    // Where the vault has no slot of a TPM: that the other side knows the authorization value proves more than a Name, and
                    // the ledger knows that.
                    var root = device.PinRoot(tpm);
                    using var session = tpm.StartHmacSession(root);
                    session.SetAuthValue(keys.Anchor.Span);
                    return Refusable(() => work(tpm, root, session));
                },
                cancellation
            );
        }
        catch (SealingTpmException e)
        {
            throw RollbackAnchorException.Of(FaultOf(e.Fault), "the anchor of rollback protection", e);
        }
    }

    private T Refusable<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            throw Foreign(e);
        }
    }

    private static RollbackAnchorFault FaultOf(SealingTpmFault fault) =>
        fault switch
        {
            SealingTpmFault.Unreachable or SealingTpmFault.Interrupted or SealingTpmFault.Restarted or SealingTpmFault.Hung =>
                RollbackAnchorFault.Unreachable,
            SealingTpmFault.RateLimited => RollbackAnchorFault.RateLimited,
            SealingTpmFault.NvFull => RollbackAnchorFault.Full,
            SealingTpmFault.LockedOut => RollbackAnchorFault.LockedOut,
            SealingTpmFault.ResponseTampered => RollbackAnchorFault.Tampered,
            _ => RollbackAnchorFault.Refused,
        };
}
