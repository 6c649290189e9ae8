using RemoteSigner.Administration.Files;
using RemoteSigner.Audit;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Writes the entries that the audit log keeps as a segment, to be kept elsewhere; <see cref="DropAudit"/> then drops them here.
/// </summary>
/// <param name="path">An absolute path.</param>
/// <param name="through">The last entry that goes into it; null: the newest.</param>
/// <param name="receiver">Where it is for, if it does not stay there.</param>
public sealed class ExportAudit(string path, long? through, string? receiver = null) : ExportAct<AuditSegment>(path, receiver)
{
    private AuditSegment? _segment;

    public override string Action => AuditActions.AuditExport;

    internal override AuditSegment Result => _segment!;

    private protected override string Detail => $"entries {Result.First} to {Result.Last}, head {Result.Head}";

    private protected override async Task WriteAsync(Proceeding proceeding, Stream file) =>
        _segment = await proceeding.Audit.ExportAsync(file, through);
}
