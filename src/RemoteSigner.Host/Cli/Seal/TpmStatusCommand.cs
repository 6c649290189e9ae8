using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>tpm status</c>: how TPM and approvals stand; changes nothing, and may run beside a signer.</summary>
internal static class TpmStatusCommand
{
    public static Command Create()
    {
        var status = new Command("status", "Show the TPM, its PCRs against what is approved, the lockout and the NV indices");
        status.SetAction((parsed, _) => RunAsync(parsed));
        return status;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        using var arena = new SecretArena();
        using var hardware = new Hardware(data, options, arena, TimeProvider.System, known: null);
        var line = await ReadAsync(data, options, hardware.Tpm);
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.TpmStatusLine, Table);
        return ExitCodes.Done;
    }

    private static async Task<TpmStatusLine> ReadAsync(DataDirectory data, SignerOptions options, SealingTpm tpm)
    {
        var vault = Vault.List(data.VaultFile);
        var seals = TpmSeal.Of(vault);
        var approvals = tpm.Approvals.Read();
        var measured = approvals
            .Select(entry => entry.Approval?.Pcrs)
            .OfType<TpmlPcrSelection>()
            .Append(TpmCommand.Pcrs(options))
            .SelectMany(pcrs => pcrs.Indices)
            .Distinct();
        var state = await TpmState.ReadAsync(tpm, seals.Count > 0 ? seals[0].Revocation : null, TpmlPcrSelection.Sha256([.. measured]));
        var seal = seals.FirstOrDefault(one => one.Root.Equals(state.Root));
        using var release = seal?.ReleaseKey();
        return new TpmStatusLine(
            tpm.Description,
            state.Root?.ToString(),
            seal is not null,
            seal?.WantsPin,
            release?.Name.ToString(),
            state.Count,
            [.. state.Pcrs.Selection.Indices.Select(index => new TpmStatusLine.Pcr(index, Convert.ToHexStringLower(state.Pcrs[index])))],
            [.. approvals.Select(entry => Describe(entry, seal, release, state))],
            new TpmStatusLine.LockoutState(
                state.Lockout.Active,
                state.Lockout.Failures,
                state.Lockout.Most,
                state.Lockout.Interval.TotalSeconds
            ),
            [
                .. state.NvIndices.Select(handle => new TpmStatusLine.NvIndex(
                    FirmwareApprovalJson.Handle(handle),
                    TpmState.UseOf(handle, vault.VaultId, vault.Epoch)
                )),
            ]
        );
    }

    private static TpmStatusLine.Approval Describe(
        FirmwareApprovalFolder.Entry entry,
        TpmSeal? seal,
        ReleaseKey? release,
        TpmState state
    ) =>
        entry.Approval is { } approval
            ? new TpmStatusLine.Approval(
                entry.Name,
                StateOf(approval, seal, release, state),
                approval.Label,
                approval.Pcrs.ToString(),
                Convert.ToHexStringLower(approval.PcrDigest),
                approval.AtMost
            )
            : new TpmStatusLine.Approval(entry.Name, $"cannot be read: {entry.Problem}", null, null, null, null);

    private static string StateOf(TpmApproval approval, TpmSeal? seal, ReleaseKey? release, TpmState state)
    {
        if (seal is null || !approval.Vault.AsSpan().SequenceEqual(seal.Vault) || approval.Revocation != seal.Revocation)
        {
            return "for another vault, or for what it was sealed in before";
        }

        return !approval.IsSignedBy(release!) ? "not signed by the release key"
            : state.Count > approval.AtMost ? "revoked"
            : approval.PcrDigest.AsSpan().SequenceEqual(DigestNow(approval, state)) ? "opens"
            : "other PCRs";
    }

    private static byte[] DigestNow(TpmApproval approval, TpmState state) =>
        new PcrValues(approval.Pcrs.Indices.ToDictionary(index => index, index => state.Pcrs[index].ToArray())).Digest();

    private static Grid Table(TpmStatusLine line)
    {
        var facts = new Table()
            .HideHeaders()
            .AddColumns("", "")
            .AddRow("TPM", Output.Cell(line.Tpm))
            .AddRow("storage root key", line.StorageRootKey ?? "none")
            .AddRow(
                "slot of the vault",
                line.Slot
                    ? line.WantsPin == true
                        ? "yes, with a PIN"
                        : "yes"
                    : "no: 'remote-signer tpm provision' makes one"
            )
            .AddRow("release key", line.ReleaseKey ?? "–")
            .AddRow("revocation count", line.RevocationCount?.ToString() ?? "–")
            .AddRow(
                "lockout",
                $"{(line.Lockout.Active ? "LOCKED OUT, " : "")}{line.Lockout.Failures} of "
                    + $"{line.Lockout.Most} wrong PINs, one is forgotten every {line.Lockout.IntervalSeconds:F0} s"
            );
        return new Grid()
            .AddColumn()
            .AddRow(facts)
            .AddRow(Output.Rows(line.Pcrs, ["PCR", "now"], pcr => [$"{pcr.Index}", pcr.Value]))
            .AddRow(
                Output.Rows(line.Approvals, ["approval", "state", "of", "PCRs", "count at most"], approval =>
                    [approval.File, approval.State, approval.Label, approval.Pcrs, approval.AtMost?.ToString()]
                )
            )
            .AddRow(Output.Rows(line.NvIndices, ["NV index", "use"], index => [index.Handle, index.Use]));
    }
}
