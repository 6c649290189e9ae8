namespace RemoteSigner.Rig;

/// <summary>The curl of this machine against a signer.</summary>
public static class Curl
{
    /// <summary>Asks for <c>/upcheck</c>; the output is the HTTP status, 000 where there was none.</summary>
    public static Task<CommandResult> UpcheckAsync(SignerProcess signer, string authority, params string[] options) =>
        CommandResult.OfAsync(
            "curl",
            [
                "-s",
                "-S",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--max-time",
                "20",
                "--cacert",
                authority,
                .. options,
                $"{signer.Api}upcheck",
            ]
        );
}
