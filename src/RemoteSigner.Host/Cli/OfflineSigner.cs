using System.CommandLine;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;

namespace RemoteSigner.Host.Cli;

/// <summary>A data directory opened by a verb while no signer serves it: the ledger's lock sees to that.</summary>
internal sealed class OfflineSigner : IAsyncDisposable
{
    private OfflineSigner(DataDirectory data, SignerOptions options, Network network, Ledger ledger, SlashingProtection slashing, AuditLog audit, LedgerAtStart found) =>
        (Data, Options, Network, Ledger, Slashing, Audit, Found) = (data, options, network, ledger, slashing, audit, found);

    public DataDirectory Data { get; }

    public SignerOptions Options { get; }

    public Network Network { get; }

    public Ledger Ledger { get; }

    public SlashingProtection Slashing { get; }

    public AuditLog Audit { get; }

    /// <summary>The way for shares into the vault.</summary>
    public ShareIntake Intake => new(Slashing, Audit, new ClusterArchive(Data.ClustersFolder));

    /// <summary>The ledger before the verb changed anything.</summary>
    public LedgerAtStart Found { get; }

    public static async Task<OfflineSigner> OpenAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        return await OpenAsync(data, data.ReadOptions(), Ledger.Open(data.LedgerFile));
    }

    /// <summary>Takes over an open ledger; for <c>init</c>, which has just made it.</summary>
    public static async Task<OfflineSigner> OpenAsync(DataDirectory data, SignerOptions options, Ledger ledger)
    {
        try
        {
            var network = options.Network.Load(data.Path);
            var slashing = await SlashingProtection.OpenAsync(ledger, network);
            var audit = await AuditLog.OpenAsync(ledger, TimeProvider.System);
            return new OfflineSigner(data, options, network, ledger, slashing, audit, await LedgerAtStart.ReadAsync(ledger, slashing));
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
