using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>Whom a load is put on.</summary>
/// <param name="Output">What it has printed so far.</param>
internal sealed record ServerUnderLoad(int ProcessId, int Port, Func<string> Output)
{
    public static implicit operator ServerUnderLoad(SignerProcess signer) => new(signer.Id, signer.ApiPort, () => signer.Output);
}
