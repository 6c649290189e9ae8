using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>A signer of another published binary, which the variable FORMER names, with the same keys: only to be compared.</summary>
internal sealed class FormerSigner : IAsyncDisposable
{
    // It takes the place of the binary that the rig starts.
    private static readonly string[] _program = ["sh", "-c", "shift; exec \"$FORMER\" \"$@\"", "sh"];

    private FormerSigner(SignerProcess signer, string data) => (Signer, Data) = (signer, data);

    public SignerProcess Signer { get; }

    public string Data { get; }

    /// <summary>Null where the variable is not set.</summary>
    public static async Task<FormerSigner?> StartAsync(string data, SoftToken token, string network, string keystores, string client)
    {
        if (Environment.GetEnvironmentVariable("FORMER") is null)
        {
            return null;
        }

        (await SignerProcess.RunUnderAsync(
            _program, token, "init", "--data", data, "--network", network, "--no-slot-window", "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", client)).Succeeded();
        (await SignerProcess.RunUnderAsync(_program, token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        var signer = SignerProcess.LaunchUnder(_program, data, token);
        await signer.WaitUntilReadyAsync();
        return new FormerSigner(signer, data);
    }

    public ValueTask DisposeAsync() => Signer.DisposeAsync();
}
