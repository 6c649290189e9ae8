using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Audit;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Acts at the console of a data directory in which the vault of one change before was put back, alone or with the ledger of that time,
/// with its anchor in a real token. None of those that open the vault changes anything: the old vault would take the generation that gives
/// it away.
/// </summary>
internal sealed class PutBackCopies(ActStock stock) : IDisposable
{
    private readonly string _folder = ActStock.NewFolder();

    /// <summary>How many copies were tried with acts.</summary>
    public int Count { get; private set; }

    private DataDirectory Data => new(_folder);

    private SignerOptions Options =>
        new()
        {
            Network = new NetworkOptions { Name = "hoodi" },
            Seal = new SealOptions
            {
                Profile = "softhsm2",
                Token = "one",
                Pin = new PinOptions { File = "pin" },
            },
            Clients = [],
        };

    public async Task RunAsync(IEnumerable<ActRow> rows)
    {
        stock.Image.PutBack(_folder);
        File.WriteAllText(Path.Combine(_folder, "pin"), SoftHsm.Pin);
        File.SetUnixFileMode(Path.Combine(_folder, "pin"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await EnrolAsync();
        var former = FolderImage.Of(_folder);
        await using (var signer = await OpenAsync())
        {
            await signer.ExecuteAsync(new AddRecoverySlot(stock.Offline));
        }

        var newest = FolderImage.Of(_folder);
        await KnowsTheVaultAfterAnUncleanStopAsync(rows.First(row => row.WantsVault && row.Type != typeof(OpenKeys)), newest);
        foreach (var row in rows.Where(row => row.WantsVault))
        {
            await RefusedAsync(row, newest.WithThoseOf(former, "vault"), "the former vault");
            await RefusedAsync(row, newest.WithThoseOf(former, "vault").WithThoseOf(former, "ledger."), "the former vault and ledger");
        }

        // Last: it tells the anchor of a newer vault than all of these.
        newest.PutBack(_folder);
        await KeepsSharesAsync(former);
    }

    // The ledger alone is put back, and has a key as deleted that has come in again since.
    private async Task KeepsSharesAsync(FolderImage former)
    {
        await using (var signer = await OpenAsync())
        {
            await signer.ExecuteAsync(new AllowKeyAgain(stock.Gone.ShareKey));
            await signer.ExecuteAsync(new ImportShares(new ImportRequest([stock.Gone], DeclaredHistory.NeverSigned)));
        }

        FolderImage.Of(_folder).WithThoseOf(former, "ledger.").PutBack(_folder);
        await using (var signer = await OpenAsync())
        {
            await signer.ExecuteAsync(new OpenKeys());
        }

        Assert.Contains(stock.Gone.ShareKey, Vault.List(Data.VaultFile).Shares.Select(share => share.ShareKey));
        Count++;
    }

    // The anchor is not told of a change where the stop before it was not orderly. The ledger has it all the same.
    private async Task KnowsTheVaultAfterAnUncleanStopAsync(ActRow row, FolderImage newest)
    {
        newest.PutBack(_folder);
        await using (var signer = await OpenAsync())
        {
            await signer.Audit.RecordAsync(new AuditEntry { Action = "unclean", Decision = AuditDecision.Event });
        }

        var former = FolderImage.Of(_folder);
        await using (var signer = await OpenAsync())
        {
            await signer.ExecuteAsync(new AllowKeyAgain(stock.Gone.ShareKey));
            await signer.ExecuteAsync(new ImportShares(new ImportRequest([stock.Gone], DeclaredHistory.NeverSigned)));
        }

        await RefusedAsync(
            row,
            FolderImage.Of(_folder).WithThoseOf(former, "vault"),
            "the vault from before a change after an unclean stop"
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RefusedAsync(ActRow row, FolderImage copy, string what)
    {
        copy.PutBack(_folder);
        var (before, head) = await LookAsync();
        var isRefused = false;
        await using (var signer = await OpenAsync())
        {
            try
            {
                await row.DoAsync(new ActPlace(stock, _folder), signer.Administrator, signer.Actor);
            }
            catch (Exception refused)
                when (refused is VaultException { Fault: VaultFault.Changed } or AdminException { Code: "not_newest" })
            {
                isRefused = true;
            }
        }

        var (after, newHead) = await LookAsync();
        Assert.True(isRefused || row.Type == typeof(OpenKeys), $"{row.Name} took {what}");
        Assert.True(before == after && head == newHead, $"{row.Name} refused {what}, and changed something all the same");
        Count++;
    }

    private async Task<(string View, long Head)> LookAsync()
    {
        await using var world = await ActWorld.OpenAsync(stock, _folder);
        return (await WorldView.OfAsync(world), await world.HeadAsync());
    }

    private async Task EnrolAsync()
    {
        await using var signer = await OpenAsync();
        using var rollbackProtection = await OfflineRollbackProtection.OpenAsync(signer);
        await signer.ExecuteAsync(new EnrolAnchor(rollbackProtection!.Standing, null));
    }

    private Task<OfflineSigner> OpenAsync() => OfflineSigner.OpenAsync(Data, Options, Ledger.Open(Data.LedgerFile));
}
