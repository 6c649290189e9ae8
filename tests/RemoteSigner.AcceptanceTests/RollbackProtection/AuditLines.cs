using System.Text;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;

namespace RemoteSigner.AcceptanceTests.RollbackProtection;

/// <summary>The audit log of a stopped signer, one line of JSON for each entry.</summary>
internal static class AuditLines
{
    private const int PageLength = 1000;

    public static async Task<IReadOnlyList<string>> ReadAsync(string ledgerFile)
    {
        await using var ledger = Ledger.Open(ledgerFile);
        var audit = await AuditLog.OpenAsync(ledger, TimeProvider.System);
        var lines = new List<string>();
        for (var page = await audit.ReadAsync(0, PageLength); page.Count > 0; page = await audit.ReadAsync(page[^1].Sequence, PageLength))
        {
            lines.AddRange(page.Select(record => Encoding.UTF8.GetString(record.Entry.Span)));
        }

        return lines;
    }
}
