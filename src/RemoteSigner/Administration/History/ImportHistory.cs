using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Takes an EIP-3076 interchange file over: all of it, or nothing. It raises low watermarks and refuses; it grants nothing. Unless
/// <paramref name="acceptFuture"/>, nothing may lie beyond what can have been signed by now, because low watermarks never fall.
/// </summary>
public sealed class ImportHistory(
    Stream file,
    ImportTerms terms,
    string name,
    bool acceptFuture = false,
    AdminRight right = AdminRight.LocalOnly
) : AdminAct<InterchangeReport>
{
    private InterchangeReport? _report;

    public override string Action => AuditActions.SlashingImport;

    public override AdminRight Right => right;

    internal override bool BringsHistory => true;

    internal override InterchangeReport Result => _report!;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var bounded = terms with { Limit = acceptFuture ? null : proceeding.NewestPossible() };
        _report = await proceeding.Slashing.ImportAsync(file, bounded, (transaction, report) =>
            Note(
                proceeding,
                transaction,
                report,
                $"{name}, read as {terms.Reading.Name()}{(acceptFuture ? "; records from the future were accepted" : "")}"
            )
        );
        return true;
    }

    /// <summary>The entry: which file, and which validators it touched.</summary>
    internal static long Note(Proceeding proceeding, LedgerTransaction transaction, InterchangeReport report, string what) =>
        proceeding.Append(transaction, AuditActions.SlashingImport, entry =>
            entry with
            {
                FileHash = report.FileHash,
                Keys = [.. report.Validators.Select(line => line.PublicKey)],
                Detail =
                    $"{what}: {report.Validators.Count} validators, {report.Validators.Sum(line => line.BlocksNew)} blocks "
                    + $"and {report.Validators.Sum(line => line.AttestationsNew)} votes were "
                    + $"new{(report.PassedOver > 0 ? $", {report.PassedOver} others were passed over" : "")}"
                    + $"{(report.WithoutList > 0 ? $", {report.WithoutList} entries had no list of blocks or of votes" : "")}",
            }
        );
}
