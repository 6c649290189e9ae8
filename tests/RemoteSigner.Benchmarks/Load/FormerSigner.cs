using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>A signer of another published binary, which the variable FORMER names, with the same keys: only to be compared.</summary>
internal sealed class FormerSigner : IAsyncDisposable
{
    // It takes the place of the binary that the rig starts.
    private static readonly string[] _program = ["sh", "-c", "shift; exec \"$FORMER\" \"$@\"", "sh"];

    private FormerSigner(SignerProcess signer, BenchHome home) => (Signer, Home) = (signer, home);

    public SignerProcess Signer { get; }

    public BenchHome Home { get; }

    /// <summary>Null where the variable is not set.</summary>
    public static async Task<FormerSigner?> StartAsync(Bench bench, int keys)
    {
        if (Environment.GetEnvironmentVariable("FORMER") is null)
        {
            return null;
        }

        var home = await bench.HomeUnderAsync(_program, "former", keys);
        var signer = SignerProcess.LaunchUnder(_program, home.Data, bench.Token);
        await signer.WaitUntilReadyAsync();
        return new FormerSigner(signer, home);
    }

    public ValueTask DisposeAsync() => Signer.DisposeAsync();
}
