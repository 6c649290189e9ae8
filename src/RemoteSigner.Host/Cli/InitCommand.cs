using System.CommandLine;
using System.Text.RegularExpressions;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Tls;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>init</c>: makes a data directory with its configuration, certificates, key-encryption key, empty vault and empty ledger.
/// </summary>
internal static partial class InitCommand
{
    private static readonly Option<string> Network = new("--network")
    {
        Description = "mainnet, hoodi, sepolia, gnosis, chiado, minimal, or the path of a config.yaml",
        HelpName = "NAME|FILE",
        Required = true,
    };
    private static readonly Option<string> Seal = new("--seal")
    {
        Description = $"tpm, HSM profile ({string.Join(", ", HsmProfile.Names)}) or the path of one",
        HelpName = "PROFILE",
        Required = true,
    };
    private static readonly Option<string> Tpm = new("--tpm")
    {
        Description = "where the TPM is: device:/dev/tpmrm0, or swtpm:host=IP,port=N or swtpm:path=FILE of a software TPM",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => new TpmOptions().Address,
    };
    private static readonly Option<string> Pcrs = new("--pcrs")
    {
        Description = "which PCRs an approval names: 7, and 11 for unified kernel images",
        HelpName = "LIST",
        DefaultValueFactory = _ => "7",
    };
    private static readonly Option<string?> Module = new("--module")
    {
        Description = "PKCS#11 module, if it is not where the profile says",
        HelpName = "PATH",
    };
    private static readonly Option<string> Token = new("--token")
    {
        Description = "label of the token",
        HelpName = "LABEL",
        DefaultValueFactory = _ => "remote-signer",
    };
    private static readonly Option<string?> Serial = new("--serial")
    {
        Description = "serial number of the token, where several have its label",
        HelpName = "NUMBER",
    };
    private static readonly Option<string?> PinFile = new("--pin-file")
    {
        Description =
            "file with the token's PIN, which is asked for without it; with --seal tpm a "
            + "PIN is wanted only if this or --pin-credential is given",
        HelpName = "F",
    };
    private static readonly Option<string?> PinCredential = new("--pin-credential")
    {
        Description = "systemd credential from which the signer takes the PIN; init takes it from there, too, where it runs with it",
        HelpName = "NAME",
    };
    private static readonly Option<string[]> Clients = new("--client")
    {
        Description = $"a client with all keys and the rights of a bundle ({ClientBundles.Listing}); without one those of validator-client",
        HelpName = "NAME[=BUNDLE]",
    };
    private static readonly Option<string[]> Hosts = new("--host")
    {
        Description = "a name or address by which clients reach this machine: for the server's certificate and for api.hostAllowlist",
        HelpName = "NAME",
    };
    private static readonly Option<ulong?> GenesisTime = new("--genesis-time")
    {
        Description = "Unix seconds, for a network whose genesis is not built in",
        HelpName = "S",
    };
    private static readonly Option<string?> GenesisValidatorsRoot = new("--genesis-validators-root")
    {
        Description = "names the chain; for a network whose genesis is not built in",
        HelpName = "ROOT",
    };
    private static readonly Option<string?> RollbackProtection = new("--rollback-protection")
    {
        Description =
            "where the fence lives that notices an old copy of the folder: tpm, token, or none; else "
            + "where the vault is sealed, or in the TPM where the token keeps no data objects",
        HelpName = "ANCHOR",
    };
    private static readonly Option<string?> For = new("--for")
    {
        Description = "what it is for, so that the next steps of that are named at the end; asked at a terminal, else validators",
        HelpName = SignerPurpose.Listing,
    };
    private static readonly Option<bool> NoSlotWindow = new("--no-slot-window")
    {
        Description = "sign duties however far in the future (a far-future vote disables a validator for ever)",
    };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex ClientName { get; }

    public static Command Create()
    {
        var command = new Command("init", "Make the data directory of a new signer")
        {
            Network,
            Seal,
            Module,
            Token,
            Serial,
            Tpm,
            Pcrs,
            ReleaseKeyOptions.Key,
            ReleaseKeyOptions.Password,
            TpmCommand.OwnerAuthFile,
            TpmCommand.EkRoots,
            PinFile,
            PinCredential,
            Clients,
            Hosts,
            GenesisTime,
            GenesisValidatorsRoot,
            RollbackProtection,
            RollbackAnchorChoice.OnHost,
            NoSlotWindow,
            For,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        data.RequirePrivate();
        RequireHostNames(parsed.GetValue(Hosts) ?? []);
        var told = parsed.GetValue(For) is { } name ? SignerPurpose.Get(name) : null;
        var (options, credential) = (Options(parsed), ReadCredential(parsed));
        SignerMaking.RequireVacant(data);

        // The faults that signer.json would have are told before anything is made.
        if (SignerOptionsValidator.FaultsOfNew(options, data).ToList() is { Count: > 0 } faults)
        {
            throw new CliError(
                string.Join("; ", faults),
                faults.Exists(fault => fault.Contains("genesis", StringComparison.Ordinal))
                    ? "correct the options; for the genesis see --genesis-time, --no-slot-window and --genesis-validators-root"
                    : "correct the options: 'remote-signer init --help' shows what each takes"
            );
        }

        options.RollbackProtection.Anchor ??= RollbackAnchorChoice.DefaultOf(data, options);
        RollbackAnchorChoice.Require(data, options, options.Anchor, parsed.GetValue(RollbackAnchorChoice.OnHost));
        var purpose = told ?? SignerPurpose.Ask();
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(data, options, arena, TimeProvider.System, known: null);
        await TryDevicesAsync(parsed, options, keys.Hardware);
        await using var making = SignerMaking.Begin(data);
        var show = options.SealsWithTpm
            ? await SealInTpmAsync(parsed, data, options, keys, making)
            : await SealInTokenAsync(parsed, data, options, keys, making);
        IssueCertificates(data, options, parsed.GetValue(Hosts) ?? []);

        // The owner's authorization goes away with the person who provisions; signer.json does not name it.
        options.Tpm.OwnerAuthFile = null;
        if (credential is not null)
        {
            var pin = options.SealsWithTpm ? options.Tpm.Pin : options.Seal.Pin;
            (pin.File, pin.Credential) = (null, credential);
        }

        // Last: a directory without this file is one whose making was interrupted, and no signer.
        DurableFile.Replace(data.OptionsFile, System.Text.Encoding.UTF8.GetBytes(SignerOptionsTemplate.Write(options)));
        making.Keep();
        show();
        Explain(data, options, purpose);
        return ExitCodes.Done;
    }

    private static SignerOptions Options(ParseResult parsed) =>
        new()
        {
            Network = new NetworkOptions
            {
                Name =
                    Path.IsPathFullyQualified(parsed.GetValue(Network)!) || !File.Exists(parsed.GetValue(Network))
                        ? parsed.GetValue(Network)!
                        : Path.GetFullPath(parsed.GetValue(Network)!),
                GenesisTime = parsed.GetValue(GenesisTime),
                GenesisValidatorsRoot = parsed.GetValue(GenesisValidatorsRoot),
                SlotWindow = new SlotWindowOptions { Enabled = !parsed.GetValue(NoSlotWindow) },
            },
            Seal = new SealOptions
            {
                Profile = parsed.GetValue(Seal)!,
                Module = parsed.GetValue(Module),
                Token = parsed.GetValue(Token)!,
                Serial = parsed.GetValue(Serial),
                Pin = parsed.GetValue(Seal) == SealOptions.Tpm ? new PinOptions() : Pin(parsed),
            },
            Tpm = new TpmOptions
            {
                Address = parsed.GetValue(Tpm)!,
                Pcrs = ReadPcrs(parsed.GetValue(Pcrs)!),
                OwnerAuthFile = parsed.GetValue(TpmCommand.OwnerAuthFile) is { } owner ? Path.GetFullPath(owner) : null,
                Pin = parsed.GetValue(Seal) == SealOptions.Tpm ? Pin(parsed) : new PinOptions(),
            },
            RollbackProtection = new RollbackProtectionOptions { Anchor = parsed.GetValue(RollbackProtection) },
            Api = new ApiOptions
            {
                HostAllowlist = [.. new ApiOptions().HostAllowlist.Union(parsed.GetValue(Hosts) ?? [], StringComparer.OrdinalIgnoreCase)],
            },
            Clients = ReadClients(parsed.GetValue(Clients) ?? []),
        };

    private static string? ReadCredential(ParseResult parsed)
    {
        var name = parsed.GetValue(PinCredential);
        return name is null || (name.Length > 0 && Path.GetFileName(name) == name)
            ? name
            : throw new CliError(
                $"'{name}' is no name of a credential",
                "give --pin-credential the name that stands in LoadCredential=, without a path"
            );
    }

    // For init itself. A credential is there only where systemd started it with one.
    private static PinOptions Pin(ParseResult parsed) =>
        (parsed.GetValue(PinFile), parsed.GetValue(PinCredential)) switch
        {
            ({ } file, _) => new() { File = Path.GetFullPath(file) },
            (_, { } name) when PinSource.FromCredential.Exists(name) => new() { Credential = name },
            _ => new(),
        };

    private static bool WantsPin(ParseResult parsed) => parsed.GetValue(PinFile) is not null || parsed.GetValue(PinCredential) is not null;

    private static IReadOnlyList<int> ReadPcrs(string text)
    {
        try
        {
            return [.. PcrList.Parse(text).Indices];
        }
        catch (FormatException fault)
        {
            throw new CliError(fault.Message, "correct --pcrs");
        }
    }

    /// <summary>The name becomes a file's name, too.</summary>
    /// <exception cref="CliError">It cannot be one.</exception>
    public static void RequireClientName(string name)
    {
        if (!ClientName.IsMatch(name))
        {
            throw new CliError(
                $"'{name}' is no name for a client",
                "take letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit"
            );
        }

        // Beside the clients' keys are those of the authority and of who approves firmware.
        if (name.Equals("ca", StringComparison.OrdinalIgnoreCase) || name.Equals("release", StringComparison.OrdinalIgnoreCase))
        {
            throw new CliError(
                $"a client cannot be called '{name}'",
                "its key would take the place of this signer's own: choose another name"
            );
        }
    }

    /// <exception cref="CliError">One is no name or address that a certificate can be for and a request be addressed to.</exception>
    public static void RequireHostNames(IEnumerable<string> hosts)
    {
        if (hosts.FirstOrDefault(host => !IsHostName(host)) is { } host)
        {
            throw new CliError(
                $"'{host}' is no host name or address",
                "give the bare name or address by which clients reach this machine, without "
                    + "scheme, port, zone or *; names with other letters in their xn-- form"
            );
        }
    }

    private static bool IsHostName(string host) =>
        host.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or ':')
        && host.Split('.').All(label => label.Length <= 63)
        && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static Dictionary<string, ClientOptions> ReadClients(IEnumerable<string> texts)
    {
        var clients = new Dictionary<string, ClientOptions>();
        foreach (var parts in texts.Select(text => text.Split('=', 2)))
        {
            RequireClientName(parts[0]);
            var rights = ClientBundles.Find(parts.Length == 1 ? "validator-client" : parts[1])
                ?? throw new CliError(
                    $"there is no bundle of rights '{parts[1]}'",
                    $"the bundles are {ClientBundles.Listing}; signer.json can grant anything else afterwards"
                );
            if (!clients.TryAdd(parts[0], rights))
            {
                throw new CliError($"the client '{parts[0]}' is named twice", "give each --client once: NAME, or NAME=BUNDLE");
            }
        }

        return clients;
    }

    // Where a device refuses, nothing is made.
    private static async Task TryDevicesAsync(ParseResult parsed, SignerOptions options, Hardware hardware)
    {
        if (options.SealsWithTpm)
        {
            _ = await TpmState.ReadAsync(hardware.Tpm, null, TpmCommand.Pcrs(options));
        }
        else if (options.Anchor == RollbackProtectionOptions.Token)
        {
            await TokenAnchor.ProveAsync(hardware.Token);
        }
        else if (options.Anchor == RollbackProtectionOptions.Tpm)
        {
            await RollbackAnchorChoice.TryTpmAsync(hardware, options, isChosen: parsed.GetValue(RollbackProtection) is not null);
        }
    }

    private static async Task<Action> SealInTpmAsync(
        ParseResult parsed,
        DataDirectory data,
        SignerOptions options,
        SealedKeys keys,
        SignerMaking making
    )
    {
        MakeFolders(data);
        using var release = ReleaseKeyOptions.ReadOrMake(parsed, data, keys.Arena);
        var provisioning = TpmCommand.Provisioning(parsed, keys.Hardware.Tpm, release, options, WantsPin(parsed));
        var key = await provisioning.ProvideKeyAsync(TpmCommand.Label(options));
        using var vault = await Vault.CreateAsync(data.VaultFile, keys.Arena, [key]);
        var approval = await provisioning.ApproveAsync(vault.Contents.VaultId, TpmCommand.Now());
        await using var signer = await OfflineSigner.OpenAsync(data, options, Ledger.Create(data.LedgerFile));
        var started = TimeProvider.System.GetTimestamp();
        if (approval is not null)
        {
            using var proven = await Vault.OpenAsync(data.VaultFile, keys.Arena, key);
        }

        var line = TpmCommand.LineOf(
            keys.Hardware.Tpm.Description,
            key,
            approval,
            release,
            approval is null ? null : TimeProvider.System.GetElapsedTime(started)
        );
        await signer.ExecuteAsync(
            new NoteAct(
                AuditActions.TpmProvision,
                $"{line.Tpm}, storage root key {line.StorageRootKey}, release key {line.ReleaseKey}, approved "
                    + $"{(line.PcrDigest is null ? "nothing yet" : $"{line.Pcrs} {line.PcrDigest}")}",
                vault.Anchor
            )
        );
        await EnrolAnchorAsync(signer, vault, keys.Hardware, making);
        return () => line.Print(parsed);
    }

    private static async Task<Action> SealInTokenAsync(
        ParseResult parsed,
        DataDirectory data,
        SignerOptions options,
        SealedKeys keys,
        SignerMaking making
    )
    {
        MakeFolders(data);
        var enrolment = await SealEnrolment.EnrolAsync(keys.Hardware.Token, options.Seal.Key, TimeProvider.System);
        making.Made($"the key {enrolment.Report.KeyLabel} ({enrolment.Report.KeyId}) in the token", enrolment.Key.DiscardAsync);
        using var vault = await Vault.CreateAsync(data.VaultFile, keys.Arena, [enrolment.Key]);
        await using var signer = await OfflineSigner.OpenAsync(data, options, Ledger.Create(data.LedgerFile));
        var report = enrolment.Report;
        await signer.ExecuteAsync(
            new NoteAct(
                AuditActions.SealEnrol,
                $"key {report.KeyLabel} ({report.KeyId}) by {report.Mechanism.Name()} in token {report.TokenLabel} ({report.TokenSerial})",
                vault.Anchor
            )
        );
        await EnrolAnchorAsync(signer, vault, keys.Hardware, making);
        return () => EnrolmentView.Write(report, parsed.GetValue(CommandLine.Json));
    }

    private static void MakeFolders(DataDirectory data)
    {
        Directory.CreateDirectory(data.Path, DataDirectory.Private);
        Directory.CreateDirectory(data.TlsFolder, DataDirectory.Private);
        Directory.CreateDirectory(data.IssuedFolder, DataDirectory.Private);
        Directory.CreateDirectory(data.ClientsFolder, DataDirectory.Private);
    }

    private static async Task EnrolAnchorAsync(OfflineSigner signer, Vault vault, Hardware hardware, SignerMaking making)
    {
        var keys = making.Holds(vault.DeriveFenceKeys());
        if (RollbackAnchors.Open(signer.Options.Anchor, hardware, vault.Anchor.VaultId, keys) is { } anchor)
        {
            making.Made($"the anchor of rollback protection in the {anchor.Description}", () =>
                anchor.DiscardAsync(CancellationToken.None)
            );
            await RollbackProtectionCommand.EnrolAsync(
                signer,
                OfflineRollbackProtection.StandingOf(signer, keys, anchor, vault.Anchor),
                null
            );
        }
    }

    private static void IssueCertificates(DataDirectory data, SignerOptions options, IEnumerable<string> hosts)
    {
        using var authority = PrivateAuthority.Create("remote-signer CA", TimeProvider.System.GetUtcNow());
        authority.Write(data.AuthorityFile, data.AuthorityKeyFile);
        using (var server = authority.IssueServer(CertificateRegister.HostsOf(hosts)))
        {
            server.Write(data.Resolve(options.Tls.Certificate), data.Resolve(options.Tls.Key!));
        }

        foreach (var client in options.Clients.Keys)
        {
            using var issued = authority.IssueClient(client);
            issued.Write(Path.Combine(data.ClientsFolder, client + ".crt"), Path.Combine(data.ClientsFolder, client + ".key"));
            DurableFile.Replace(CertificateRegister.PathOf(data, issued.Certificate), System.Text.Encoding.ASCII.GetBytes(issued.Pem));
        }
    }

    private static void Explain(DataDirectory data, SignerOptions options, SignerPurpose purpose)
    {
        var console = StandardError.Console;
        console.WriteLine($"made a signer for {options.Network.Name} in {data.Path}");
        if (Spec.Network.Find(options.Network.Name) is null)
        {
            console.WriteLine(
                $"the last fork that its file knows is {options.Network.Load(data.Path).Forks.All[^1].Fork.Name()}: "
                    + "duties of a later one are refused until network.forks in signer.json names it"
            );
        }

        console.WriteLine("what the hardware of this machine protects, and what not:");
        foreach (var line in ProtectionLine.AllOf(data, options, Vault.List(data.VaultFile)))
        {
            console.WriteLine($"  {line}");
        }

        console.WriteLine($"next, for {purpose.Summary}:");
        IEnumerable<string> steps =
        [
            .. purpose.Steps(data.Path),
            $"take {data.ClientsFolder} off this machine: a client gets its .crt, its .key and {data.TlsFolder}/ca.crt; "
                + $"ca.key makes further clients{(options.SealsWithTpm ? ", release.key approves firmware" : "")}",
            $"remote-signer serve --data {data.Path}",
        ];
        foreach (var (number, step) in steps.Index())
        {
            console.WriteLine($"  {number + 1}. {step}");
        }
    }
}
