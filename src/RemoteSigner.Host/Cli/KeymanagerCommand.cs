using System.CommandLine;
using System.Text.Json;
using RemoteSigner.Administration.Files;
using RemoteSigner.Host.Connect;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>keymanager</c>: makes the bearer token without which the Keymanager API is off, and tells whoever is about to push keys whether they
/// would be taken.
/// </summary>
internal static class KeymanagerCommand
{
    private static readonly Argument<string> Signer = new("URL") { Description = "API of the signer, https://HOST:PORT" };

    public static Command Create()
    {
        var token = new Command(
            "token",
            "Make the Keymanager API's token anew, in the file that signer.json names; the former one is void at once"
        );
        token.SetAction((parsed, _) => MakeTokenAsync(parsed));
        var check = new Command(
            "check",
            "Ask a signer, as the client that is about to push keys, whether it would "
                + "take them; exit code 1 at the first thing that keeps it"
        )
        {
            Signer,
            ClientFileOptions.Certificate,
            ClientFileOptions.Key,
            ClientFileOptions.Authority,
            ClientFileOptions.TokenFile,
        };
        check.SetAction((parsed, cancellation) => CheckAsync(parsed, cancellation));
        return new Command("keymanager", "The API through which keys come in and go") { token, check };
    }

    private static async Task<int> MakeTokenAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var path = await signer.ExecuteAsync(new MakeToken(signer.Data.Resolve(signer.Options.Keymanager.TokenFile), signer.Arena));
        StandardError.Console.WriteLine($"the token is in {path}; clients also need a certificate and \"manageKeys\": true in signer.json");
        return ExitCodes.Done;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var link = new SignerLink(ClientFileOptions.Signer(parsed.GetValue(Signer)!), ClientFileOptions.Read(parsed));
        var json = parsed.GetValue(CommandLine.Json);
        List<SignerCheck> checks = [];
        await foreach (
            var check in new SignerProbe(link, SignerUse.Push, parsed.GetValue(ClientFileOptions.TokenFile), TimeProvider.System).RunAsync(
                cancellation
            )
        )
        {
            checks.Add(check);
            if (!json)
            {
                Output.Lines.WriteLine($"{(check.Passed ? "ok" : "FAIL"), -4}  {check.Name, -9}  {check.Detail}");
            }
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(checks, CliContext.Default.IReadOnlyListSignerCheck));
        }

        return checks[^1] is { Passed: false } failed
            ? throw new CliError($"a push would fail: {failed.Name}: {failed.Detail}", failed.Hint!)
            : ExitCodes.Done;
    }
}
