using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// Nimbus's distributed keystore (<c>validators/0x…/remote_keystore.json</c>, version 3): Nimbus asks each signer by its share's key and
/// combines what comes, without a middleware. The members have the order that its reader wants. It verifies neither parts nor whole, so
/// that one wrong share spoils every signature; and its ids have 32 bits.
/// </summary>
internal sealed record NimbusKeystore(int Version, string Type, string Pubkey, IReadOnlyList<NimbusKeystore.Remote> Remotes, int Threshold)
{
    private const string FileName = "remote_keystore.json";

    /// <summary>A signer: where it is asked, the x-coordinate of its share, and the share's public key.</summary>
    internal sealed record Remote(string Url, uint Id, string Pubkey);

    public static Option<bool> Wanted { get; } =
        new("--nimbus") { Description = "print Nimbus's distributed keystore, which needs no middleware; with --url for each share index" };

    public static Option<string[]> Urls { get; } =
        new("--url")
        {
            Description = "with --nimbus: where Nimbus reaches the signer of a share, such as 1=http://127.0.0.1:9101",
            HelpName = "INDEX=URL",
        };

    public static Option<string?> Validator { get; } =
        new("--validator") { Description = "with --nimbus: the validator's public key, where the cluster has several", HelpName = "KEY" };

    public static Option<string?> Folder { get; } =
        new("--out")
        {
            Description = "with --nimbus: write the keystores of all validators into this folder, Nimbus's validators folder, instead",
            HelpName = "DIR",
        };

    /// <summary>Prints the keystore of one validator of the cluster, or writes those of all.</summary>
    /// <exception cref="CliError">A URL is missing or is none, or an id is too large for Nimbus.</exception>
    public static int Write(ParseResult parsed, ClusterDocument document)
    {
        var urls = ReadUrls(parsed.GetValue(Urls) ?? []);
        if (parsed.GetValue(Folder) is { } folder)
        {
            foreach (var keystore in document.GroupKeys.Select(key => Of(document, key, urls)).ToList())
            {
                var path = Directory.CreateDirectory(Path.Combine(folder, keystore.Pubkey)).FullName;
                DurableFile.Replace(
                    Path.Combine(path, FileName),
                    JsonSerializer.SerializeToUtf8Bytes(keystore, CliContext.Default.NimbusKeystore)
                );
            }

            StandardError.Console.WriteLine($"wrote {document.GroupKeys.Count} keystores into {folder}");
            return ExitCodes.Done;
        }

        Console.WriteLine(
            JsonSerializer.Serialize(Of(document, Choose(document, parsed.GetValue(Validator)), urls), CliContext.Default.NimbusKeystore)
        );
        return ExitCodes.Done;
    }

    private static BlsPublicKey Choose(ClusterDocument document, string? wanted)
    {
        if (wanted is null)
        {
            return document.GroupKeys is [var only]
                ? only
                : throw new CliError(
                    $"the cluster has {document.GroupKeys.Count} validators",
                    "name one with --validator, or give --out DIR for all"
                );
        }

        return BlsPublicKey.TryParse(wanted, out var key) && document.GroupKeys.Contains(key)
            ? key
            : throw new CliError($"'{wanted}' is not a validator of the cluster", "'remote-signer cluster show' lists them");
    }

    private static NimbusKeystore Of(ClusterDocument document, BlsPublicKey key, Dictionary<ulong, string> urls)
    {
        var shares = document.SharesOf(key).OrderBy(share => share.Index).ToList();
        if (shares.FindAll(share => !urls.ContainsKey(share.Index)) is { Count: > 0 } missing)
        {
            throw new CliError(
                $"no URL is given for the signers of the shares {string.Join(", ", missing.Select(share => share.Index))} are",
                "give --url INDEX=URL for each share index of the cluster"
            );
        }

        if (urls.Keys.Where(index => shares.TrueForAll(share => share.Index != index)).ToList() is [var strange, ..])
        {
            throw new CliError(
                $"the cluster has no share {strange}",
                $"its share indices are {string.Join(", ", shares.Select(share => share.Index))}"
            );
        }

        if (shares.Exists(share => share.Index > uint.MaxValue))
        {
            throw new CliError(
                "a share index has more than 32 bits, which Nimbus does not take",
                "use a coordinator that speaks the distributed profile"
            );
        }

        return new NimbusKeystore(
            3,
            "web3signer",
            key.ToString(),
            [.. shares.Select(share => new Remote(urls[share.Index], (uint)share.Index, share.PublicShare.ToString()))],
            document.Threshold
        );
    }

    private static Dictionary<ulong, string> ReadUrls(string[] texts)
    {
        var urls = new Dictionary<ulong, string>();
        foreach (var text in texts)
        {
            var parts = text.Split('=', 2);
            if (
                parts.Length != 2
                || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || !Uri.TryCreate(parts[1], UriKind.Absolute, out var url)
                || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            )
            {
                throw new CliError($"'{text}' is not INDEX=URL", "write --url 1=http://127.0.0.1:9101");
            }

            if (!urls.TryAdd(index, parts[1]))
            {
                throw new CliError($"share {index} has two URLs", "give --url once for each share index");
            }
        }

        return urls;
    }
}
