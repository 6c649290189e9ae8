using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Cli;

/// <summary>What a new signer is for, and the steps that follow its <c>init</c>; a closed choice.</summary>
internal sealed class SignerPurpose
{
    private readonly Func<string, IEnumerable<string>> _steps;

    private SignerPurpose(string name, string summary, Func<string, IEnumerable<string>> steps) =>
        (Name, Summary, _steps) = (name, summary, steps);

    /// <summary>Whole keys that a validator client signs with; what is taken where nobody is asked.</summary>
    public static SignerPurpose Validators { get; } =
        new("validators", "keys of validators, for a validator client", data =>
            [
                $"remote-signer keys import --data {data} --keystores FOLDER (--slashing FILE | --never-signed) "
                    + "[--passwords PATH]; with --dry-run first, which tells what it finds and changes nothing",
                "name the clients in signer.json and give each its certificate: "
                    + Issue(data, "NAME")
                    + $" (bundles of rights: {ClientBundles.Listing})",
            ]
        );

    public static SignerPurpose Charon { get; } =
        new("charon", "shares of a Charon cluster", data =>
            [
                $"a cluster that is there: remote-signer cluster import --data {data} --node .charon (--slashing FILE | --never-signed)",
                $"or a ceremony that pushes its shares: remote-signer keymanager token --data {data}, a client with the "
                    + "rights of charon-push (--client charon=charon-push at init; its certificate is in clients/), "
                    + "charon dkg through remote-signer connect --for push, and afterwards "
                    + $"remote-signer cluster bind --data {data} --node .charon",
                "or, where the lock is there before the shares: remote-signer cluster "
                    + $"add-lock --data {data} cluster-lock.json --node .charon",
                "the validator client signs with the share keys and is a client of its own: " + Issue(data, "NAME"),
            ]
        );

    public static SignerPurpose Ssv { get; } =
        new("ssv", "shares of an SSV operator", data =>
            [
                $"remote-signer operator import --data {data} --key FILE [--password-file "
                    + "FILE]; prints the public key that SSV's contract has",
                $"remote-signer cluster add-lock --data {data} keyshares.json --owner ADDRESS --validator KEY, owner and "
                    + "validators from the contract's events; or with their history remote-signer cluster import "
                    + $"--data {data} --ssv keyshares.json --owner ADDRESS --validator KEY --slashing FILE",
                "let the node in with the rights of ssv-node (--client ssv=ssv-node at init), and give it one PKCS#12 file: "
                    + Issue(data, "ssv")
                    + " --pkcs12 FILE --password-file FILE --legacy",
            ]
        );

    public static IReadOnlyList<SignerPurpose> All { get; } = [Validators, Charon, Ssv];

    public string Name { get; }

    public string Summary { get; }

    public static string Listing => string.Join("|", All.Select(purpose => purpose.Name));

    /// <exception cref="CliError">There is none of that name.</exception>
    public static SignerPurpose Get(string name) =>
        All.FirstOrDefault(purpose => purpose.Name == name)
        ?? throw CliError.OfUsage($"a signer is for {Listing}, not '{name}'", "see 'remote-signer init --help'");

    /// <summary>
    /// Asks the person at the terminal; where there is none, or what he types is none of the choices, it is <see cref="Validators"/>.
    /// </summary>
    public static SignerPurpose Ask()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return Validators;
        }

        var console = StandardError.Console;
        console.WriteLine("what is this signer for? (it changes nothing but the steps that are named at the end)");
        foreach (var (number, purpose) in All.Index())
        {
            console.WriteLine($"  {number + 1}. {purpose.Name}: {purpose.Summary}");
        }

        Console.Error.Write($"number or name [{Validators.Name}]: ");
        var answer = Console.ReadLine()?.Trim() ?? "";
        return All.Index().Where(one => answer == one.Item.Name || answer == $"{one.Index + 1}").Select(one => one.Item).FirstOrDefault()
            ?? Validators;
    }

    /// <summary>What to do next, one line each.</summary>
    /// <param name="data">The data directory.</param>
    public IEnumerable<string> Steps(string data) => _steps(data);

    private static string Issue(string data, string client) => $"remote-signer tls issue --data {data} {client}";
}
