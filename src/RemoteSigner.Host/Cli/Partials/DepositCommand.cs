using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster deposit</c>: the group's signature of a deposit to the lock's withdrawal address, as staking launchpads take it. Amounts that
/// are not the lock's want <c>deposits.maxTopUpGwei</c> at the signers.
/// </summary>
internal static class DepositCommand
{
    private const decimal GweiInEther = 1_000_000_000;

    // The tool whose format this is; launchpads refuse versions that they do not know.
    private const string FormatOf = "2.7.0";

    private static readonly Argument<string[]> Validators = new("VALIDATOR")
    {
        Description = "a validator's public key; or all",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string> Amount = new("--amount")
    {
        Description = "in ETH, such as 32 or 8.5",
        HelpName = "ETH",
        Required = true,
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "the deposit data, which a launchpad takes",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var deposit = new Command("deposit", "Collect the shares' signatures of deposits, and write the deposit data; nothing is deposited")
        {
            Validators,
            PartialsOptions.Lock,
            Amount,
        };
        PartialsOptions.AddTo(deposit, Out);
        deposit.SetAction(DepositAsync);
        return deposit;
    }

    private static async Task<int> DepositAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var amount = ReadAmount(parsed.GetValue(Amount)!);
        var cluster = PartialsOptions.ReadLock(parsed);
        var network = PartialsOptions.ReadNetwork(parsed, cluster);
        var deposits = PartialsOptions
            .PositionsOf(cluster, parsed.GetValue(Validators)!)
            .Select(position => cluster.DepositOf(position, amount))
            .ToList();
        var target = parsed.GetValue(Out);
        if (target is not null)
        {
            PartialsOptions.RequireFree(target);
        }

        List<WantedPartial> wanted =
        [
            .. deposits.Select(deposit => new WantedPartial(
                deposit.PublicKey,
                deposit.SigningRoot(network),
                $"deposit of {deposit.Amount} Gwei to {deposit.WithdrawalCredentials}",
                Request(deposit, deposit.SigningRoot(network))
            )),
        ];
        var run = await PartialsRun.CollectAsync(
            parsed,
            "DEPOSIT",
            cluster,
            wanted,
            target,
            (signer, stop) => PartialsRun.AskEachAsync(signer, wanted, stop),
            cancellation
        );
        return run.Finish(
            parsed,
            target is null
                ? null
                : () =>
                    [
                        (
                            target,
                            JsonSerializer.SerializeToUtf8Bytes(
                                [
                                    .. deposits
                                        .Select(deposit => View(deposit, run.Combine(deposit.PublicKey), network))
                                        .OrderBy(one => one.Pubkey, StringComparer.Ordinal),
                                ],
                                ChainContext.Default.IReadOnlyListDepositDataDocument
                            )
                        ),
                    ]
        );
    }

    private static ulong ReadAmount(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ether)
        && ether is >= 1 and <= 2048
        && decimal.IsInteger(ether * GweiInEther)
            ? (ulong)(ether * GweiInEther)
            : throw CliError.OfUsage(
                $"'{text}' is no amount that can be deposited",
                "give --amount in ETH, from 1 to 2048, with at most nine decimals"
            );

    private static DepositDataDocument View(Deposit deposit, BlsSignature signature, Network network) =>
        new(
            Bare(deposit.PublicKey.Bytes),
            Bare(deposit.WithdrawalCredentials.Bytes),
            deposit.Amount,
            Bare(signature.Bytes),
            Bare(deposit.HashTreeRoot(network).Bytes),
            Bare(deposit.DataRoot(signature).Bytes),
            Bare(deposit.GenesisForkVersion.Bytes),
            ClusterChain.Find(deposit.GenesisForkVersion)?.Name ?? network.Name,
            FormatOf
        );

    private static string Bare(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Request(Deposit deposit, Root root) =>
        Encoding.ASCII.GetBytes(
            $$"""
            {"type":"DEPOSIT","signing_root":"{{root}}",
            "deposit":{"pubkey":"{{deposit.PublicKey}}","withdrawal_credentials":"{{deposit.WithdrawalCredentials}}","amount":"{{deposit.Amount}}","genesis_fork_version":"{{deposit.GenesisForkVersion}}"} }
            """
        );
}
