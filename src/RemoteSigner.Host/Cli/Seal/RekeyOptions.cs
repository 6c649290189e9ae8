using System.CommandLine;
using RemoteSigner.Host.Control;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Cli;

/// <summary>The options of every verb that gives the vault another root key.</summary>
internal static class RekeyOptions
{
    public static Option<string[]> Drop { get; } =
        new("--drop")
        {
            Description = "give up the slot of this key, as 'seal status' shows it: its device is not here, and opens the vault no more",
            HelpName = "KEY-ID",
        };

    public static Option<string[]> Recovery { get; } =
        new("--recovery")
        {
            Description = "PEM of the public half of a recovery key that has a slot; needed once, for a slot that an earlier version made",
            HelpName = "FILE",
        };

    public static RekeyOrder Get(ParseResult parsed) =>
        new(
            parsed.GetValue(Drop) ?? [],
            [.. (parsed.GetValue(Recovery) ?? []).Select(BoundedFile.ReadAllText)],
            Absolute(parsed.GetValue(ReleaseKeyOptions.ToApprove)),
            Absolute(parsed.GetValue(ReleaseKeyOptions.Password))
        );

    /// <summary>The options themselves, for a verb of its own.</summary>
    public static void AddTo(Command command)
    {
        command.Add(Drop);
        command.Add(Recovery);
        command.Add(ReleaseKeyOptions.ToApprove);
        command.Add(ReleaseKeyOptions.Password);
    }

    private static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);
}
