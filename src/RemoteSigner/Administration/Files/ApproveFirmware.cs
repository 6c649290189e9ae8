using RemoteSigner.Audit;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// Keeps an approval of firmware that the release key has signed: under it the TPM opens the vault. The result is the file's path.
/// </summary>
public sealed class ApproveFirmware(FirmwareApprovalFolder folder, TpmApproval approval) : FileAct<string>
{
    public override string Action => AuditActions.TpmApprove;

    private protected override string Path => folder.PathOf(approval);

    private protected override ReadOnlyMemory<byte> Content => FirmwareApprovalJson.Write(approval);

    private protected override string Detail =>
        $"{approval.Label}: {approval.Pcrs} {Convert.ToHexStringLower(approval.PcrDigest)} up to count {approval.AtMost}";

    internal override string Result => Path;

    internal override Task FollowAsync(Proceeding proceeding)
    {
        folder.Add(approval);
        return Task.CompletedTask;
    }
}
