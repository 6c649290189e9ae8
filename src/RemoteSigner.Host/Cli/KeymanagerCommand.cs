using System.CommandLine;
using RemoteSigner.Administration.Files;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>keymanager token</c>: makes the bearer token without which the Keymanager API is off.</summary>
internal static class KeymanagerCommand
{
    public static Command Create()
    {
        var token = new Command("token", "Make the Keymanager API's token anew, in the file that signer.json names; the former one is void at once");
        token.SetAction((parsed, _) => MakeTokenAsync(parsed));
        return new Command("keymanager", "The API through which keys come in and go") { token };
    }

    private static async Task<int> MakeTokenAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var path = await signer.ExecuteAsync(new MakeToken(signer.Data.Resolve(signer.Options.Keymanager.TokenFile), signer.Arena));
        StandardError.Console.WriteLine($"the token is in {path}; clients also need a certificate and \"manageKeys\": true in signer.json");
        return 0;
    }
}
