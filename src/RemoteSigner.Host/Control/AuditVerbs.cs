using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Control;

/// <summary><c>audit export</c> and <c>audit verify</c>, on the log in the ledger.</summary>
internal sealed class AuditVerbs(Administrator administrator, Actor actor, Ledger ledger)
{
    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public async Task<(long First, long Last)> ExportAsync(string path, long? through, string? receiver)
    {
        var segment = await administrator.ExecuteAsync(new ExportAudit(path, through, receiver), actor);
        return (segment.First, segment.Last);
    }

    public async Task<AuditLine> VerifyAsync(IReadOnlyList<string> segments, CancellationToken cancellation) =>
        await AuditVerifier.VerifyAsync(ledger, segments, cancellation) switch
        {
            AuditVerification.Intact(var head, var records, var unmatched) => new AuditLine(
                true,
                head.Sequence,
                records,
                Convert.ToHexStringLower(head.Hash.AsSpan()),
                null,
                unmatched
            ),
            AuditVerification.Broken(var sequence, var problem) => new AuditLine(false, sequence, 0, null, problem, 0),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
