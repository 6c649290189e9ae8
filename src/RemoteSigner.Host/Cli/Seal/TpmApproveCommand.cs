using System.CommandLine;
using RemoteSigner.Administration.Files;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>tpm approve</c>: signs that a machine with these measurements may open the vault. Needs neither vault nor TPM: with <c>--request</c>
/// and <c>--out</c> it runs where the release key is.
/// </summary>
internal static class TpmApproveCommand
{
    private static readonly Option<string?> Digest = new("--pcr-digest")
    {
        Description = "predicted SHA-256 over the PCRs' values in ascending order",
        HelpName = "HEX",
    };
    private static readonly Option<string?> Values = new("--pcr-values")
    {
        Description = "file with predicted values, a line INDEX: HEX each, as tpm2_pcrread prints them",
        HelpName = "FILE",
    };
    private static readonly Option<bool> Present = new("--now") { Description = "approve what this machine's TPM has measured now" };
    private static readonly Option<string?> Pcrs = new("--pcrs")
    {
        Description = "which PCRs --pcr-digest or --now is about; else those of signer.json, or 7",
        HelpName = "LIST",
    };
    private static readonly Option<string?> RequestFile = new("--request")
    {
        Description = "the vault's tpm/request.json, where the data directory is elsewhere",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "write the approval here, to be carried into the data directory's folder tpm",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Label = new("--label")
    {
        Description = "what it is, for people: firmware and version",
        HelpName = "TEXT",
    };

    public static Command Create()
    {
        var approve = new Command("approve", "Let a machine with these measurements open the vault: before a firmware update is booted")
        {
            Digest,
            Values,
            Present,
            Pcrs,
            ReleaseKeyOptions.PrivateKey,
            ReleaseKeyOptions.Password,
            RequestFile,
            Out,
            Label,
        };
        approve.SetAction(
            (parsed, _) => parsed.GetValue(RequestFile) is null ? ApproveHereAsync(parsed) : Task.FromResult(ApproveElsewhere(parsed))
        );
        return approve;
    }

    private static int ApproveElsewhere(ParseResult parsed)
    {
        var path = parsed.GetValue(Out)
            ?? throw new CliError(
                "no file was named for the approval",
                "give --out FILE, and copy it into the folder tpm of the data directory; its name must end in .approval.json"
            );
        if (parsed.GetValue(Present))
        {
            throw new CliError(
                "--now asks the TPM of this machine, and --request says that the vault is elsewhere",
                "give --pcr-digest or --pcr-values"
            );
        }

        using var arena = new SecretArena();
        var (pcrs, digest) = Predicted(parsed, parsed.GetValue(Pcrs) ?? "7");
        var approval = Sign(parsed, arena, ReadRequest(parsed.GetValue(RequestFile)!), pcrs, digest);
        DurableFile.Replace(path, FirmwareApprovalJson.Write(approval));
        Print(parsed, path, approval);
        return ExitCodes.Done;
    }

    private static async Task<int> ApproveHereAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var tpm = signer.Keys.Hardware.Tpm;
        var selection = parsed.GetValue(Pcrs) ?? string.Join(',', signer.Options.Tpm.Pcrs);
        var (pcrs, digest) = parsed.GetValue(Present)
            ? await MeasureAsync(tpm, Text(() => PcrList.Parse(selection)))
            : Predicted(parsed, selection);
        var approval = Sign(parsed, signer.Arena, await RequestAsync(signer, tpm), pcrs, digest);
        var file = await signer.ExecuteAsync(new ApproveFirmware(tpm.Approvals, approval));
        Print(parsed, file, approval);
        return ExitCodes.Done;
    }

    private static async Task<(TpmlPcrSelection Pcrs, byte[] Digest)> MeasureAsync(SealingTpm tpm, TpmlPcrSelection pcrs) =>
        (pcrs, (await TpmState.ReadAsync(tpm, null, pcrs)).Pcrs.Digest());

    private static (TpmlPcrSelection Pcrs, byte[] Digest) Predicted(ParseResult parsed, string selection) =>
        (parsed.GetValue(Digest), parsed.GetValue(Values)) switch
        {
            ({ } hex, null) => (
                Text(() => PcrList.Parse(selection)),
                Text(() =>
                    Hex.TryParse(hex, out byte[]? digest) && digest.Length == 32
                        ? digest
                        : throw new FormatException("--pcr-digest must be 32 bytes in hex")
                )
            ),
            (null, { } file) => Text(() => PcrList.ParseValues(BoundedFile.ReadAllText(file))) is var values
                ? (values.Selection, values.Digest())
                : throw new System.Diagnostics.UnreachableException(),
            _ => throw new CliError("nothing to approve was named", "give one of --pcr-digest HEX, --pcr-values FILE and --now"),
        };

    // Nobody has proven what stands in the file; an approval for such a count would outlive every revocation of its sealed object.
    private static FirmwareApprovalRequest ReadRequest(string file)
    {
        FirmwareApprovalRequest request;
        try
        {
            request = FirmwareApprovalJson.ReadRequest(BoundedFile.ReadAllBytes(file));
        }
        catch (FormatException fault)
        {
            throw new CliError(
                $"{file} is no request for an approval: {fault.Message}",
                "take the file request.json from the folder tpm of the signer's data directory, whole and unchanged"
            );
        }

        return request.Count <= FirmwareApprovalRequest.MaxCount
            ? request
            : throw new CliError(
                $"the request {file} says that the revocation counter stands at {request.Count}, which no counter does",
                "it was tampered with, or is damaged: fetch it anew from the signer's machine, and find out who changed it"
            );
    }

    // Where the TPM is at hand, it says how far it has counted, and no file.
    private static async Task<FirmwareApprovalRequest> RequestAsync(OfflineSigner signer, SealingTpm tpm)
    {
        var seal = await TpmCommand.SealOfAsync(signer.Data, tpm);
        using var release = seal.ReleaseKey();
        var count = (await TpmState.ReadAsync(tpm, seal.Revocation, TpmCommand.Pcrs(signer.Options))).Count
            ?? throw new CliError(
                $"the {tpm.Description} has no revocation counter {FirmwareApprovalJson.Handle(seal.Revocation)}",
                "it was taken away: 'remote-signer tpm provision' makes another"
            );
        return new FirmwareApprovalRequest(seal.Vault, seal.Revocation, count, release.Name.ToString());
    }

    private static TpmApproval Sign(
        ParseResult parsed,
        SecretArena arena,
        FirmwareApprovalRequest request,
        TpmlPcrSelection pcrs,
        byte[] digest
    )
    {
        using var release = ReleaseKeyOptions.ReadPrivate(parsed, arena);
        if (release.Name.ToString() != request.ReleaseKey)
        {
            throw new CliError(
                $"the release key {release.Name} is not the one that the vault was sealed for, {PeerText.Shown(request.ReleaseKey)}",
                "give the right key"
            );
        }

        return TpmApproval.Sign(
            release,
            parsed.GetValue(Label) ?? $"approved on {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm}",
            request,
            pcrs,
            digest,
            request.Count
        );
    }

    private static void Print(ParseResult parsed, string file, TpmApproval approval) =>
        Output.Write(
            parsed.GetValue(CommandLine.Json),
            new TpmApprovalLine(file, approval.Pcrs.ToString(), Convert.ToHexStringLower(approval.PcrDigest), approval.AtMost),
            CliContext.Default.TpmApprovalLine,
            line =>
                new Table()
                    .HideHeaders()
                    .AddColumns("", "")
                    .AddRow("approved", $"{line.Pcrs} {line.PcrDigest}")
                    .AddRow("good until", $"the revocation counter passes {line.AtMost}")
                    .AddRow("file", Output.Cell(line.File))
        );

    private static T Text<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException fault)
        {
            throw new CliError(fault.Message, "correct it; 'remote-signer tpm approve --help' shows the forms");
        }
    }
}
