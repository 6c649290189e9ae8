using System.CommandLine;

namespace RemoteSigner.Host.Cli;

/// <summary>What <c>cluster import --ssv</c> and <c>bind --ssv</c> are given instead of a lock and a node's folder.</summary>
internal static class SsvOptions
{
    public static readonly Option<string?> KeysharesFile = new("--ssv")
    {
        Description = "SSV's keyshares.json instead of a lock: the shares that are encrypted to our operator",
        HelpName = "FILE",
    };
    public static readonly Option<string?> OperatorKey = new("--operator-key")
    {
        Description = "our operator's private key for --ssv; else the one that 'operator import' has sealed",
        HelpName = "FILE",
    };
    public static readonly Option<string?> PasswordFile = new("--operator-password")
    {
        Description = "the password of an encrypted operator key",
        HelpName = "FILE",
    };
}
