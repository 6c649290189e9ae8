using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What <c>cluster verify</c> prints of SSV's <c>keyshares.json</c>: a check that all validators pass is one line, else one for each that
/// fails.
/// </summary>
internal sealed record KeysharesLine(
    bool Verified,
    string Kind,
    string Version,
    IReadOnlyList<KeysharesValidatorLine> Validators,
    IReadOnlyList<CheckLine> Checks,
    string NotProven
)
{
    public static int Verify(string path, ParseResult parsed)
    {
        // What a file says nothing about must not look checked.
        if (ClusterCommand.OfCharonAlone.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } foreign)
        {
            throw CliError.OfUsage(
                $"{foreign.Name} is for Charon's files, and {path} is SSV's keyshares",
                "leave it out: keyshares name no network and no contract, and their threshold is SSV's"
            );
        }

        var file = KeysharesFile.Open(path);
        var line = Of(file, KeysharesVerifier.Verify(file));
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.KeysharesLine, View);
        return ClusterCommand.Conclude(line.Checks, line.NotProven);
    }

    private static KeysharesLine Of(KeysharesFile file, IReadOnlyList<KeysharesVerdict> verdicts)
    {
        var checks = verdicts.GroupBy(verdict => verdict.Code).SelectMany(Summarize).ToList();
        return new KeysharesLine(
            checks.All(check => check.Verdict != CheckLine.Fail),
            "keyshares",
            file.Version,
            [
                .. file.Validators.Select(validator => new KeysharesValidatorLine(
                    validator.GroupKey.ToString(),
                    validator.OwnerAddress.ToString(),
                    validator.OwnerNonce,
                    validator.Threshold,
                    validator.OperatorIds
                )),
            ],
            checks,
            "whose validators these are: the format proves no possession of a share, and a stranger can list your operator's "
                + "public share, with what is encrypted to it, under a validator of his own. Take "
                + "owner and validators from the contract's ValidatorAdded events"
        );
    }

    private static IEnumerable<CheckLine> Summarize(IGrouping<string, KeysharesVerdict> verdicts)
    {
        var failed = verdicts.Where(verdict => verdict.Verdict is CheckVerdict.Failed).ToList();
        return failed.Count == 0
            ?
            [
                CheckLine.Of(
                    verdicts.Key,
                    verdicts.Count() == 1 ? verdicts.First().Verdict : new CheckVerdict.Passed($"{verdicts.Count()} validators")
                ),
            ]
            : failed
                .Select(verdict => CheckLine.Of(verdicts.Key, verdict.Verdict))
                .Zip(failed, (line, verdict) => line with { Message = $"shares[{verdict.Position}]: {line.Message}" });
    }

    private static Table View(KeysharesLine line) =>
        CheckLine
            .Table(line.Checks)
            .Title(
                Output.Cell(
                    $"{line.Kind} {line.Version}: {line.Validators.Count} validators, {(line.Verified ? "verified" : "NOT verified")}"
                )
            );
}

/// <summary>One validator of a keyshares file.</summary>
internal sealed record KeysharesValidatorLine(string PublicKey, string Owner, ulong Nonce, int Threshold, IReadOnlyList<ulong> Operators);
