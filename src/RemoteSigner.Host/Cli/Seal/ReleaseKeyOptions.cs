using System.CommandLine;
using System.Security.Cryptography;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary>The options that name the key which approves firmware, and the one that is made where none is named.</summary>
internal static class ReleaseKeyOptions
{
    private const int MaxBytes = 64 * 1024;
    internal const string FileName = "release.key";

    public static Option<string?> Key { get; } =
        new("--release-key")
        {
            Description =
                "PEM of the ECDSA P-256 key that approves firmware: the private half approves at once, "
                + "the public half leaves it to 'tpm approve'; without it one is made",
            HelpName = "FILE",
        };

    public static Option<string?> ToApprove { get; } =
        new("--release-key")
        {
            Description =
                "for a vault with a slot under this machine's TPM: PEM of the private half of the "
                + "release key, which approves what runs now for the new sealed object",
            HelpName = "FILE",
        };

    public static Option<string> PrivateKey { get; } =
        new("--release-key")
        {
            Description = "PEM of the private half of the release key; carry it off this machine afterwards",
            HelpName = "FILE",
            Required = true,
        };

    public static Option<string?> Password { get; } =
        new("--release-key-password-file") { Description = "file with the password of that PEM", HelpName = "FILE" };

    /// <summary>
    /// The key that <c>--release-key</c> names, or a new pair whose private half is written into the folder that is carried away.
    /// </summary>
    public static ReleaseKey ReadOrMake(ParseResult parsed, DataDirectory data, SecretArena arena) =>
        parsed.GetValue(Key) is { } path ? Read(path, parsed.GetValue(Password), arena)
        : File.Exists(Path.Combine(data.ClientsFolder, FileName)) ? Read(Path.Combine(data.ClientsFolder, FileName), null, arena)
        : Make(data);

    public static ReleaseKey ReadPrivate(ParseResult parsed, SecretArena arena) =>
        Read(parsed.GetValue(PrivateKey)!, parsed.GetValue(Password), arena);

    public static ReleaseKey Read(string path, string? passwordFile, SecretArena arena)
    {
        using var pem = SecretFile.Read(path, arena, MaxBytes);
        using var password = passwordFile is null ? null : new PinSource.FromFile(passwordFile).Read(arena);
        return ReleaseKey.FromPem(pem, password);
    }

    private static ReleaseKey Make(DataDirectory data)
    {
        var key = ReleaseKey.Generate();
        var pem = key.ExportPrivatePem();
        try
        {
            Directory.CreateDirectory(data.ClientsFolder, DataDirectory.Private);
            DurableFile.Replace(Path.Combine(data.ClientsFolder, FileName), pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }

        return key;
    }
}
