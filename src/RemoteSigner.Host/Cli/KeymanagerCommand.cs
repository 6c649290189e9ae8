using System.CommandLine;
using System.Security.Cryptography;
using RemoteSigner.Native;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>keymanager token</c>: makes the bearer token without which the Keymanager API is off.</summary>
internal static class KeymanagerCommand
{
    private const int TokenBytes = 32;

    public static Command Create()
    {
        var token = new Command("token", "Make the Keymanager API's token anew, in the file that signer.json names; the former one is void at once");
        token.SetAction((parsed, _) => Task.FromResult(MakeToken(parsed)));
        return new Command("keymanager", "The API through which keys come in and go") { token };
    }

    private static int MakeToken(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var path = data.Resolve(data.ReadOptions().Keymanager.TokenFile);
        using var arena = new SecretArena();
        using var random = arena.Allocate(TokenBytes);
        RandomNumberGenerator.Fill(random.Span);
        var digits = GC.AllocateUninitializedArray<byte>(2 * TokenBytes, pinned: true);
        try
        {
            _ = Convert.TryToHexStringLower(random.Span, digits, out _);
            DurableFile.Replace(path, digits);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(digits);
        }

        StandardError.Console.WriteLine($"the token is in {path}; clients also need a certificate and \"manageKeys\": true in signer.json");
        return 0;
    }
}
