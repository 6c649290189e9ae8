using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

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
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        var file = new OperatorShares(await File.ReadAllBytesAsync(path), path);
        using var vault = await ClusterImportCommand.OpenNewestAsync(signer, keys);
        using var key = KeyOf(parsed, vault, signer.Data.OperatorKeyFile, arena);
        var shares = file.Open(key, arena);
        try
        {
            await using var history = slashing is null ? null : File.OpenRead(slashing);
            await signer.Intake.TakeAsync(vault, new IntakeOrder(shares, neverSigned ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory) { Document = file.Json, History = history, Replace = replace });
            await SlashingCommand.EndFloorIfCompleteAsync(signer);
            return await FinishAsync(parsed, signer, keys, file, shares);
        }
        finally
        {
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }
    }

    /// <summary>Verifies keyshares and keeps them, so that shares of them that a node sends later know where they belong.</summary>
    public static int Keep(string path, ClusterArchive archive)
    {
        var file = new OperatorShares(File.ReadAllBytes(path), path);
        file.Verify();
        StandardError.Console.WriteLine($"keeps the keyshares {archive.Add(file.Json).Hash}");
        return 0;
    }

    private static OperatorKey KeyOf(ParseResult parsed, Vault vault, string sealedFile, SecretArena arena) => parsed.GetValue(OperatorKey) is { } path
        ? OperatorKeyFile.Read(path, parsed.GetValue(PasswordFile), arena)
        : vault.OpenOperatorKey(sealedFile, arena) ?? throw new CliError("this signer has no operator key", "give --operator-key FILE, or seal the key first with 'remote-signer operator import --key FILE'");

    private static async Task<int> FinishAsync(ParseResult parsed, OfflineSigner signer, SealedKeys keys, OperatorShares file, IReadOnlyList<VaultShare> shares)
    {
        var done = $"sealed {shares.Count} shares of operator {shares[0].Membership!.ShareIndex} of the keyshares {file.Hash}";
        await signer.RecordAsync("cluster.import", done);
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        if (parsed.GetValue(CommandLine.Json))
        {
            Output.Write(true, ClusterImportLine.Of(shares), CliContext.Default.ClusterImportLine, _ => throw new System.Diagnostics.UnreachableException());
        }

        StandardError.Console.WriteLine($"{done}; they are open after the next start");
        return 0;
    }
}
