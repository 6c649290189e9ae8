using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>A key out of a keystore, its scalar in secret memory. Disposing it zeroes the scalar.</summary>
/// <param name="PublicKey">The scalar times G1, derived and not only claimed.</param>
/// <param name="Path">The file it came from.</param>
/// <param name="Label">What the vault is to call it.</param>
/// <param name="Secret">The scalar.</param>
public sealed record ImportedKey(BlsPublicKey PublicKey, string Path, string Label, BlsSecretKey Secret) : IDisposable
{
    public void Dispose() => Secret.Dispose();
}
