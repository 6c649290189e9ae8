using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// Two keys of 32 bytes that are derived from a vault's root key, in secret memory: <paramref name="Record"/> authenticates what is written into the
/// witness, <paramref name="Witness"/> is the witness's own authorisation. Whoever cannot open the vault can forge neither.
/// </summary>
public sealed record FenceKeys(SecretBytes Record, SecretBytes Witness) : IDisposable
{
    public void Dispose()
    {
        Record.Dispose();
        Witness.Dispose();
    }
}
