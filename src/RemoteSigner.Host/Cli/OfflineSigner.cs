using System.CommandLine;
using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Cli;

/// <summary>A data directory opened by a verb while no signer serves it: the ledger's lock sees to that.</summary>
internal sealed class OfflineSigner : IAsyncDisposable
{
    private OfflineSigner(DataDirectory data, SignerOptions options, Ledger ledger, SlashingProtection slashing, AuditLog audit) =>
        (Data, Options, Ledger, Slashing, Audit) = (data, options, ledger, slashing, audit);

    public DataDirectory Data { get; }

    public SignerOptions Options { get; }

    public Ledger Ledger { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    public static async Task<OfflineSigner> OpenAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        var ledger = Ledger.Open(data.LedgerFile);
        try
        {
            var slashing = await SlashingProtection.OpenAsync(ledger, options.Network.Load(data.Path));
            return new OfflineSigner(data, options, ledger, slashing, await AuditLog.OpenAsync(ledger, TimeProvider.System));
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what an operator did into the audit log.</summary>
    public Task RecordAsync(string action, string detail, AuditDecision decision = AuditDecision.Event) =>
        Audit.RecordAsync(new AuditEntry { Action = action, Decision = decision, Detail = detail });

    public async ValueTask DisposeAsync()
    {
        Slashing.Dispose();
        await Ledger.DisposeAsync();
    }
}
