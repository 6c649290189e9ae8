using System.CommandLine;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Cli;

/// <summary><c>cluster import --ssv</c>: an SSV <c>keyshares.json</c> is verified in every way, and our operator's shares are opened with its RSA key.</summary>
internal static class SsvImport
{
    public static readonly Option<string?> KeysharesFile = new("--ssv") { Description = "SSV's keyshares.json instead of a lock: the shares that are encrypted to our operator", HelpName = "FILE" };
    public static readonly Option<string?> OperatorKey = new("--operator-key") { Description = "our operator's private key for --ssv; else the one that 'operator import' has sealed", HelpName = "FILE" };
    public static readonly Option<string?> PasswordFile = new("--operator-password") { Description = "the password of an encrypted operator key", HelpName = "FILE" };

    public static async Task<int> RunAsync(string path, ParseResult parsed, string? slashing, bool neverSigned, bool replace)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var file = VerifiedKeyshares.Open(path);
        var document = parsed.Anchor(file);
        using var key = await KeyOfAsync(parsed, signer);
        var shares = new OperatorShares(file).Open(key, signer.Arena);
        try
        {
            await using var history = slashing is null ? null : File.OpenRead(slashing);
            await signer.ExecuteAsync(new ImportShares(new IntakeOrder(shares, neverSigned ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory) { Document = document, History = history, Replace = replace }));
            return ClusterImportCommand.Finish(parsed, ClusterImportLine.Of(shares, document.Document), "sealed", "they are open after the next start");
        }
        finally
        {
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }
    }

    private static async Task<OperatorKey> KeyOfAsync(ParseResult parsed, OfflineSigner signer)
    {
        if (parsed.GetValue(OperatorKey) is { } path)
        {
            return OperatorKeyFile.Read(path, parsed.GetValue(PasswordFile), signer.Arena);
        }

        using var vault = await signer.Site.OpenNewestVaultAsync();
        return vault.OpenOperatorKey(signer.Data.OperatorKeyFile, signer.Arena) ?? throw new CliError("this signer has no operator key", "give --operator-key FILE, or seal the key first with 'remote-signer operator import --key FILE'");
    }
}
