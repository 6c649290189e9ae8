using System.CommandLine;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What <c>tpm provision</c> prints, and <c>init --seal tpm</c>; <paramref name="UnsealMilliseconds"/> is the proof that it opens, null
/// where nothing is approved yet.
/// </summary>
internal sealed record TpmProvisionLine(
    string Tpm,
    string StorageRootKey,
    string ReleaseKey,
    string? Pcrs,
    string? PcrDigest,
    double? UnsealMilliseconds
)
{
    public void Print(ParseResult parsed)
    {
        Output.Write(parsed.GetValue(CommandLine.Json), this, CliContext.Default.TpmProvisionLine, line =>
            new Table()
                .HideHeaders()
                .AddColumns("", "")
                .AddRow("TPM", Output.Cell(line.Tpm))
                .AddRow("storage root key", line.StorageRootKey)
                .AddRow("release key", line.ReleaseKey)
                .AddRow(
                    "approved",
                    line.PcrDigest is null
                        ? "nothing yet: the vault opens once 'remote-signer tpm approve' was run"
                        : $"{line.Pcrs} {line.PcrDigest}"
                )
                .AddRow("unseal", line.UnsealMilliseconds is { } time ? $"{time:F1} ms" : "–")
        );
    }
}

/// <summary>What <c>tpm status</c> prints.</summary>
/// <param name="Slot">Does this TPM have a slot of the vault?</param>
/// <param name="RevocationCount">Where the counter stands; approvals up to lower numbers are dead.</param>
internal sealed record TpmStatusLine(
    string Tpm,
    string? StorageRootKey,
    bool Slot,
    bool? WantsPin,
    string? ReleaseKey,
    ulong? RevocationCount,
    IReadOnlyList<TpmStatusLine.Pcr> Pcrs,
    IReadOnlyList<TpmStatusLine.Approval> Approvals,
    TpmStatusLine.LockoutState Lockout,
    IReadOnlyList<TpmStatusLine.NvIndex> NvIndices
)
{
    internal sealed record Pcr(int Index, string Value);

    /// <summary>
    /// <c>opens</c> is what opens the vault as the machine is now; else <c>other PCRs</c>, <c>revoked</c>, <c>not signed by the release
    /// key</c>, …
    /// </summary>
    internal sealed record Approval(string File, string State, string? Label, string? Pcrs, string? PcrDigest, ulong? AtMost);

    internal sealed record LockoutState(bool Active, uint Failures, uint Most, double IntervalSeconds);

    internal sealed record NvIndex(string Handle, string Use);
}

/// <summary>What <c>tpm approve</c> prints.</summary>
internal sealed record TpmApprovalLine(string File, string Pcrs, string PcrDigest, ulong AtMost);
