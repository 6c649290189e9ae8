using RemoteSigner.Administration.Files;
using RemoteSigner.Audit;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.History;

/// <summary>Writes the history as an EIP-3076 interchange file. The result is the number of keys in it.</summary>
/// <param name="path">An absolute path.</param>
/// <param name="receiver">Where it is for, if it does not stay there.</param>
public sealed class ExportHistory(string path, ExportedNames by, string? receiver = null) : ExportAct<int>(path, receiver)
{
    private int _count;

    public override string Action => AuditActions.SlashingExport;

    internal override int Result => _count;

    private protected override string Detail => $"{_count} keys";

    private protected override async Task WriteAsync(Proceeding proceeding, Stream file) =>
        _count = await proceeding.Slashing.ExportAsync(file, by: by);
}
