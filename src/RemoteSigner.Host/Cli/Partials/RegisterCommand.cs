using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster register</c>: the group's signature of a builder registration, as the builder API and Charon's overrides file have it.
/// </summary>
internal static class RegisterCommand
{
    private static readonly Argument<string[]> Validators = new("VALIDATOR")
    {
        Description = "a validator's public key; or all",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string?> FeeRecipient = new("--fee-recipient")
    {
        Description = "where the fees go; left out: where the lock says",
        HelpName = "0x…",
    };
    private static readonly Option<ulong?> GasLimit = new("--gas-limit") { Description = "left out: the lock's", HelpName = "N" };
    private static readonly Option<ulong> Timestamp = new("--timestamp")
    {
        Description = "Unix seconds: the same for all operators, and later than any registration before",
        HelpName = "SECONDS",
        Required = true,
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "the list that POST /eth/v1/validator/register_validator takes",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Overrides = new("--charon-overrides")
    {
        Description = "Charon's builder_registrations_overrides.json",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var register = new Command(
            "register",
            "Collect the shares' signatures of builder registrations, and write the signed registrations"
        )
        {
            Validators,
            PartialsOptions.Lock,
            FeeRecipient,
            GasLimit,
            Timestamp,
        };
        PartialsOptions.AddTo(register, Out, Overrides);
        register.SetAction(RegisterAsync);
        return register;
    }

    private static async Task<int> RegisterAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var cluster = PartialsOptions.ReadLock(parsed);
        var network = PartialsOptions.ReadNetwork(parsed, cluster);
        var registrations = PartialsOptions
            .PositionsOf(cluster, parsed.GetValue(Validators)!)
            .Select(position => new ValidatorRegistration(
                ReadRecipient(parsed, cluster, position),
                ReadGasLimit(parsed, cluster),
                parsed.GetValue(Timestamp),
                cluster.Validators[position].GroupKey
            ))
            .ToList();
        var (list, overrides) = (parsed.GetValue(Out), parsed.GetValue(Overrides));
        foreach (var path in new[] { list, overrides }.OfType<string>())
        {
            PartialsOptions.RequireFree(path);
        }

        List<WantedPartial> wanted =
        [
            .. registrations.Select(registration => new WantedPartial(
                registration.PublicKey,
                registration.SigningRoot(network),
                $"fees to {registration.FeeRecipient}, gas limit {registration.GasLimit}, timestamp {registration.Timestamp}",
                Request(registration, registration.SigningRoot(network))
            )),
        ];
        var run = await PartialsRun.CollectAsync(
            parsed,
            "VALIDATOR_REGISTRATION",
            cluster,
            wanted,
            list ?? overrides,
            (signer, stop) => PartialsRun.AskEachAsync(signer, wanted, stop),
            cancellation
        );
        return run.Finish(
            parsed,
            (list ?? overrides) is null
                ? null
                : () =>
                {
                    List<SignedRegistrationDocument> signed =
                    [
                        .. registrations.Select(registration => View(registration, run.Combine(registration.PublicKey))),
                    ];
                    return
                    [
                        .. list is null
                            ? []
                            : new[]
                            {
                                (
                                    list,
                                    JsonSerializer.SerializeToUtf8Bytes(
                                        signed,
                                        ChainContext.Default.IReadOnlyListSignedRegistrationDocument
                                    )
                                ),
                            },
                        .. overrides is null
                            ? []
                            : new[]
                            {
                                (
                                    overrides,
                                    JsonSerializer.SerializeToUtf8Bytes(
                                        [.. signed.Select(one => new RegistrationOverrideDocument("V1", one))],
                                        ChainContext.Default.IReadOnlyListRegistrationOverrideDocument
                                    )
                                ),
                            },
                    ];
                }
        );
    }

    private static ExecutionAddress ReadRecipient(ParseResult parsed, ClusterLock cluster, int position)
    {
        var text = parsed.GetValue(FeeRecipient) ?? cluster.Definition.AddressesOf(position).FeeRecipient;
        return ExecutionAddress.TryParse(text, out var address)
            ? address
            : throw CliError.OfUsage($"'{text}' is no address to send fees to", "give --fee-recipient as 0x and 40 hexadecimal digits");
    }

    private static ulong ReadGasLimit(ParseResult parsed, ClusterLock cluster) =>
        parsed.GetValue(GasLimit)
        ?? (
            cluster.Definition.TargetGasLimit > 0
                ? cluster.Definition.TargetGasLimit
                : throw CliError.OfUsage("the lock names no gas limit", "give --gas-limit")
        );

    private static SignedRegistrationDocument View(ValidatorRegistration registration, BlsSignature signature) =>
        new(
            new(
                registration.FeeRecipient.ToString(),
                registration.GasLimit.ToString(CultureInfo.InvariantCulture),
                registration.Timestamp.ToString(CultureInfo.InvariantCulture),
                registration.PublicKey.ToString()
            ),
            signature.ToString()
        );

    private static byte[] Request(ValidatorRegistration registration, Root root) =>
        Encoding.ASCII.GetBytes(
            $$"""
            {"type":"VALIDATOR_REGISTRATION","signing_root":"{{root}}",
            "validator_registration":{"fee_recipient":"{{registration.FeeRecipient}}","gas_limit":"{{registration.GasLimit}}","timestamp":"{{registration.Timestamp}}","pubkey":"{{registration.PublicKey}}"} }
            """
        );
}
