using System.CommandLine;
using System.Diagnostics;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Cli;

/// <summary>The verbs of <c>remote-signer</c>. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.</summary>
internal static class CommandLine
{
    /// <summary>The data directory, from <c>--data</c> or <c>REMOTE_SIGNER_DATA</c>.</summary>
    public static Option<string> Data { get; } =
        new("--data")
        {
            Description = "folder of the signer (or REMOTE_SIGNER_DATA)",
            HelpName = "DIR",
            Recursive = true,
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("REMOTE_SIGNER_DATA") ?? "",
        };

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "print JSON for programs", Recursive = true };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "A signer for Ethereum validator key shares: sealed by hardware, guarded by EIP-3076, spoken to as Web3Signer."
        )
        {
            Data,
            Json,
            InitCommand.Create(),
            ServeCommand.Create(),
            ConnectCommand.Create(),
            KeysCommand.Create(),
            SlashingCommand.Create(),
            SealCommand.Create(),
            TpmCommand.Create(),
            AuditCommand.Create(),
            RollbackProtectionCommand.Create(),
            AttestCommand.Create(),
            ClusterCommand.Create(),
            OperatorCommand.Create(),
            KeymanagerCommand.Create(),
            PolicyCommand.Create(),
            TlsCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                StandardError.Console.WriteLine($"remote-signer: error: {error.Message}");
            }

            StandardError.Console.WriteLine("remote-signer: hint: remote-signer --help shows what there is");
            return ExitCodes.Usage;
        }

        Output.Prepare();
        if (parsed.CommandResult.Command is not { Name: ServeCommand.Name or ConnectCommand.Name })
        {
            GiveWay();
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            );
        }
        catch (Exception exception) when (CliError.Explains(exception))
        {
            return CliError.Report(exception);
        }
        catch (OperationCanceledException)
        {
            StandardError.Console.WriteLine("remote-signer: error: interrupted; nothing was changed");
            return ExitCodes.Failed;
        }
        catch (Exception exception)
        {
            // A fault of the program. To end by a signal would have the service manager start it again and again.
            StandardError.Console.WriteLines($"remote-signer: error: {exception}");
            StandardError.Console.WriteLine(
                "remote-signer: hint: this is a fault of the program itself: please report it with the lines above"
            );
            return ExitCodes.Failed;
        }
    }

    // A signer may run on this machine, and a person can wait where a duty cannot. Threads that are started from now on have it from this
    // one.
    private static void GiveWay()
    {
        using var process = Process.GetCurrentProcess();
        process.PriorityClass = ProcessPriorityClass.BelowNormal;
    }

    /// <summary>The data directory that was asked for, which is this user's own or is not there yet.</summary>
    /// <exception cref="CliError">None was named.</exception>
    /// <exception cref="ConfigurationException">It is another user's.</exception>
    public static DataDirectory DataDirectory(this ParseResult parsed)
    {
        var data = parsed.AnybodysDataDirectory();
        data.RequireOwner();
        return data;
    }

    /// <summary>The same, whosever it is: to ask a signer that runs, which lets root in, too, and writes there itself.</summary>
    /// <exception cref="CliError">None was named.</exception>
    public static DataDirectory AnybodysDataDirectory(this ParseResult parsed) =>
        parsed.GetValue(Data) is { Length: > 0 } path
            ? new DataDirectory(path)
            : throw CliError.OfUsage("no data directory was named", "give --data DIR or set REMOTE_SIGNER_DATA");
}
