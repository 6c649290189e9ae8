using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Tests.Slashing;
using SQLitePCL;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// One act, in copies of the stock's data directory, each time with another fault; then the next start. Ends each of them with the question
/// whether effect and entry go together, and whether anybody was let vote twice.
/// </summary>
internal sealed class ActFaults(ActStock stock, ActRow row) : IDisposable
{
    private readonly FaultyDisk _disk = new(ActStock.NewFolder());
    private readonly List<FolderImage> _steps = [];
    private FolderImage _image = stock.Image;
    private string _before = "";
    private string _after = "";
    private long _head;

    /// <summary>How many faults there were.</summary>
    public int Count { get; private set; }

    private ActPlace Place => new(stock, _disk.Folder);

    public async Task RunAsync()
    {
        await PrepareAsync();
        await LearnAsync();
        await KilledAsync();
        await FullBesideAsync();
        if (!row.IsSlow)
        {
            await FailedAsync(raw.SQLITE_FULL, isOnce: false);
            await FailedAsync(raw.SQLITE_FULL, isOnce: true);
            await FailedAsync(raw.SQLITE_IOERR_FSYNC, isOnce: false);
        }
    }

    public void Dispose() => _disk.Dispose();

    private async Task PrepareAsync()
    {
        if (row.Device is not null)
        {
            stock.Image.PutBack(_disk.Folder);
            await row.Device.PrepareAsync(Place);
            _image = FolderImage.Of(_disk.Folder);
        }
    }

    // Without a fault: what it is before and after, and what a crash before each step leaves.
    private async Task LearnAsync()
    {
        await BeginAsync();
        _before = (await StateAsync()).State;
        await BeginAsync();
        await using (var world = await ActWorld.OpenAsync(stock, _disk.Folder))
        {
            _head = await world.HeadAsync();
            Arm((_, _) => Look());
            await row.DoAsync(world.Place, world.Administrator, new Actor.LocalUser("operator"));
            Arm(null);
            Look();
        }

        var verdict = await StateAsync();
        _after = verdict.State;
        verdict.Require(_before, _after, $"{row.Name} without a fault");
        Assert.True(row.Type == typeof(OpenKeys) || verdict.Entries.Count > 0, $"{row.Name} has no entry");
        Assert.True(
            row.Type == typeof(OpenKeys) || row.Type == typeof(NoteAct) || row.Type == typeof(AcceptVault) || _before != _after,
            $"{row.Name} has no effect"
        );
    }

    // The world and the log as they are; nobody has the folder open.
    private async Task<ActVerdict> StateAsync()
    {
        await using var world = await ActWorld.OpenAsync(stock, _disk.Folder);
        var verdict = await VerdictAsync(world, await WorldView.OfAsync(world));
        await world.DisposeAsync();
        return row.Device switch
        {
            null => verdict,
            { Silent: null } => verdict with { State = $"{verdict.State}\n{await row.Device.StateAsync(Place)}" },
            _ => verdict with { State = await row.Device.StateAsync(Place) },
        };
    }

    private async Task<ActVerdict> VerdictAsync(ActWorld world, string state) =>
        new(
            row,
            [.. (await world.EntriesAsync(_head)).Where(entry => entry.GetProperty("action").GetString() != "sign")],
            await world.Pending.InterruptedAsync(),
            state
        );

    private int? Look()
    {
        var image = FolderImage.Of(_disk.Folder);
        if (_steps.Count == 0 || _steps[^1].Hash != image.Hash)
        {
            _steps.AddRange(_steps.Count == 0 ? [] : _steps[^1].Between(image));
            _steps.Add(image);
        }

        return null;
    }

    private async Task KilledAsync()
    {
        if (row.Device is not null)
        {
            return;
        }

        foreach (var image in _steps.DistinctBy(step => step.Hash))
        {
            image.PutBack(_disk.Folder);
            await StartNextAsync($"{row.Name}, killed before step {Count}", new ActProbe(stock));
        }
    }

    // The k-th write or sync of the ledger fails, alone or with all after it, until the act runs through.
    private async Task FailedAsync(int code, bool isOnce)
    {
        var isBefallen = true;
        for (var step = 0; isBefallen; step++)
        {
            await BeginAsync();
            var probe = new ActProbe(stock);
            await using (var world = await ActWorld.OpenAsync(stock, _disk.Folder))
            {
                var made = 0;
                Arm(
                    (_, isSync) =>
                        isSync == (code == raw.SQLITE_IOERR_FSYNC) && made++ is var now && (isOnce ? now == step : now >= step)
                            ? code
                            : null
                );
                await TryAsync(world);
                isBefallen = made > step;
                Arm(null);
                await probe.AskForOldAsync(world.Slashing, world.Audit);
            }

            if (!isBefallen)
            {
                return;
            }

            await StartNextAsync($"{row.Name}, code {code} at step {step}{(isOnce ? "" : " and after")}", probe);
        }
    }

    // The disk is full where the act writes beside the ledger.
    private async Task FullBesideAsync()
    {
        if (row.Device is not null)
        {
            return;
        }

        // An approval is for one sealed object, and so is its name: no two runs write the same.
        foreach (
            var name in _image
                .WrittenUntil(_steps[^1])
                .Where(name =>
                    !name.EndsWith(".new", StringComparison.Ordinal)
                    && !(row.UsesTpm && name.EndsWith(".approval.json", StringComparison.Ordinal))
                )
        )
        {
            await BeginAsync();
            var (probe, barrier) = (
                new ActProbe(stock),
                Directory.CreateDirectory(
                    Place.At(row.Type == typeof(ExportAudit) || row.Type == typeof(ExportHistory) ? name : name + ".new")
                )
            );
            await using (var world = await ActWorld.OpenAsync(stock, _disk.Folder))
            {
                Assert.False(await TryAsync(world), $"{row.Name} did not need {name}");
                await probe.AskForOldAsync(world.Slashing, world.Audit);
            }

            barrier.Delete();
            await StartNextAsync($"{row.Name}, no room for {name}", probe);
        }
    }

    private async Task BeginAsync()
    {
        _image.PutBack(_disk.Folder);
        await (row.Device?.BeginAsync(Place) ?? Task.CompletedTask);
    }

    private async Task<bool> TryAsync(ActWorld world)
    {
        try
        {
            await row.DoAsync(world.Place, world.Administrator, new Actor.LocalUser("operator"));
            return true;
        }
        catch (Exception fault) when (fault is LedgerException or VaultException or IOException or UnauthorizedAccessException)
        {
            // It says that it failed; what it left is looked at.
            return false;
        }
    }

    private async Task StartNextAsync(string where, ActProbe probe)
    {
        var world = await ActWorld.OpenAsync(stock, _disk.Folder);
        try
        {
            await world.ReconcileAsync();
            if (row.Device is not null)
            {
                await world.DisposeAsync();
            }

            var verdict = row.Device is null ? await VerdictAsync(world, await WorldView.OfAsync(world)) : await StateAsync();
            verdict.Require(_before, _after, where);
            world = row.Device is null ? world : await ActWorld.OpenAsync(stock, _disk.Folder);
            await probe.AskForOldAsync(world.Slashing, world.Audit);
            await probe.AskForNewAsync(world.Slashing, world.Audit, verdict.Told);
            Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(world.Ledger));
            Count++;
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    private void Arm(Func<string, bool, int?>? fault)
    {
        _disk.FailWrite = (name, _) => fault?.Invoke(name, false);
        _disk.FailSync = name => fault?.Invoke(name, true) is not null;
    }
}
