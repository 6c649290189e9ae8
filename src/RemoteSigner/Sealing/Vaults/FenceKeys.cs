using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// Two keys of 32 bytes that are derived from a vault's root key, in secret memory: <paramref name="Record"/> authenticates what is written
/// into the anchor, <paramref name="Anchor"/> is the anchor's own authorisation. Whoever cannot open the vault can forge neither.
/// </summary>
/// <param name="Epoch">How many root keys the vault had before this one: the fence of another root key has another place in the
/// device.</param>
public sealed record FenceKeys(SecretBytes Record, SecretBytes Anchor, uint Epoch = 0) : IDisposable
{
    public void Dispose()
    {
        Record.Dispose();
        Anchor.Dispose();
    }
}
