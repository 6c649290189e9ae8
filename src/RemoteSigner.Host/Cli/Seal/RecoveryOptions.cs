using System.CommandLine;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>The options that bring the recovery private key, on the day every device is lost.</summary>
internal static class RecoveryOptions
{
    private const int MaxBytes = 64 * 1024;

    public static Option<string> Key { get; } =
        new("--key")
        {
            Description = "PEM of the recovery private key; carry it off this machine afterwards",
            HelpName = "FILE",
            Required = true,
        };

    public static Option<string?> OptionalKey { get; } =
        new("--recovery-key")
        {
            Description = "open the vault with this recovery private key instead of its present seal",
            HelpName = "FILE",
        };

    public static Option<string?> Password { get; } =
        new("--key-password-file") { Description = "file with the password of that PEM", HelpName = "FILE" };

    public static RecoveryKey Get(ParseResult parsed, SecretArena arena) => Read(parsed.GetValue(Key)!, parsed, arena);

    public static RecoveryKey? Find(ParseResult parsed, SecretArena arena) =>
        parsed.GetValue(OptionalKey) is { } path ? Read(path, parsed, arena) : null;

    public static RecoveryKey Read(string path, ParseResult parsed, SecretArena arena)
    {
        using var pem = SecretFile.Read(path, arena, MaxBytes);
        using var password = parsed.GetValue(Password) is { } file ? new PinSource.FromFile(file).Read(arena) : null;
        return RecoveryKey.FromPrivatePem(pem, password, Path.GetFileName(path), arena);
    }
}
