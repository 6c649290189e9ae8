using System.CommandLine;
using RemoteSigner.Host.Connect;

namespace RemoteSigner.Host.Cli;

/// <summary>How a command that speaks to a signer as one of its clients is told which, and as whom.</summary>
internal static class ClientFileOptions
{
    public static Option<string> Certificate { get; } =
        new("--certificate")
        {
            Description = "the client's certificate, PEM",
            HelpName = "FILE",
            Required = true,
        };

    public static Option<string> Key { get; } =
        new("--key")
        {
            Description = "its key, PEM",
            HelpName = "FILE",
            Required = true,
        };

    public static Option<string?> Authority { get; } =
        new("--ca")
        {
            Description = "authority of the signer's certificate (its tls/ca.crt); left out: those that this machine trusts",
            HelpName = "FILE",
        };

    public static Option<string?> TokenFile { get; } =
        new("--token-file") { Description = "copy of the signer's keymanager.token", HelpName = "FILE" };

    public static ClientFiles Read(ParseResult parsed) =>
        new(parsed.GetValue(Certificate)!, parsed.GetValue(Key)!, parsed.GetValue(Authority));

    /// <summary>The address of a signer's API.</summary>
    /// <exception cref="CliError">It is none.</exception>
    public static Uri Signer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var signer)
        && signer.Scheme == Uri.UriSchemeHttps
        && signer.PathAndQuery == "/"
        && signer.UserInfo.Length == 0
        && signer.Fragment.Length == 0
            ? signer
            : throw new CliError(
                $"'{text}' is not the address of a signer's API",
                "give it like https://signer:9000, with a name that is in the signer's certificate and no path"
            );
}
