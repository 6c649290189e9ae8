using System.CommandLine;
using RemoteSigner.Administration.Files;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary><c>operator</c>: the RSA key of an SSV operator, to which shares are encrypted and with which the operator speaks.</summary>
internal static class OperatorCommand
{
    private static readonly Option<string> KeyFile = new("--key")
    {
        Description = "the operator's private key: PEM, base64 of it, or the encrypted JSON of an SSV node",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<string?> PasswordFile = new("--password-file")
    {
        Description = "the password of an encrypted key",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var import = new Command("import", "Seal the operator's key with the vault's root key; the file is never read again")
        {
            KeyFile,
            PasswordFile,
        };
        import.SetAction((parsed, _) => ImportAsync(parsed));
        var show = new Command("show", "Show the operator's public key as SSV's contract has it");
        show.SetAction((parsed, _) => Task.FromResult(Show(parsed)));
        return new Command("operator", "The RSA key of an SSV operator") { import, show };
    }

    private static async Task<int> ImportAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var key = OperatorKeyFile.Read(parsed.GetValue(KeyFile)!, parsed.GetValue(PasswordFile), signer.Arena);
        var imported = await signer.ExecuteAsync(new ImportOperatorKey(key, signer.Data.OperatorKeyFile));
        if (imported.IsReplacement)
        {
            StandardError.Console.WriteLine("the operator's key that lay here did not open in this vault: this one took its place");
        }

        StandardError.Console.WriteLine("sealed the operator's key; now destroy the file, and its password");
        return Print(parsed, key.PublicKey);
    }

    private static int Show(ParseResult parsed) =>
        Print(
            parsed,
            Vault.ListOperatorKey(parsed.DataDirectory().OperatorKeyFile)
                ?? throw new CliError("this signer has no operator key", "'remote-signer operator import --key FILE' seals one")
        );

    // Alone on its line, so that it can be piped; a table would fold it.
    private static int Print(ParseResult parsed, OperatorPublicKey key)
    {
        var line = new OperatorLine(key.ToString());
        Console.WriteLine(
            parsed.GetValue(CommandLine.Json)
                ? System.Text.Json.JsonSerializer.Serialize(line, CliContext.Default.OperatorLine)
                : line.PublicKey
        );
        return ExitCodes.Done;
    }
}

/// <summary>What <c>operator show</c> prints: base64 of the PEM.</summary>
internal sealed record OperatorLine(string PublicKey);
