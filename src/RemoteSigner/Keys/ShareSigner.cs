using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// The one place where shares sign: each with a permit of its own, those of one root together. There is no way in for a root: no permit, no
/// signature.
/// </summary>
public sealed class ShareSigner(BurstSigner bursts)
{
    /// <summary>
    /// Told of a burst of so many whose signatures were made anew, because those that were computed first were not theirs. Its shares are
    /// suspect until the next start.
    /// </summary>
    public Action<int> Faulty { get; init; } = _ => { };

    /// <summary>
    /// Signs what was granted, all of it for the same root. A share that was removed meanwhile has no signature: null at its place.
    /// </summary>
    /// <exception cref="ArgumentException">A permit is for another key than its share's, or for another root than the others; nothing is
    /// signed.</exception>
    public BlsSignature?[] Sign(ReadOnlySpan<(KeyShare Share, SigningPermit Permit)> granted)
    {
        var root = granted[0].Permit.SigningRoot;
        var keys = new BlsSecretKey[granted.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var (share, permit) = granted[i];
            keys[i] =
                permit.SigningRoot == root
                    ? share.SecretFor(permit)
                    : throw new ArgumentException(
                        $"the permit is for the root {permit.SigningRoot}, the others are for {root}",
                        nameof(granted)
                    );
        }

        var bytes = new byte[keys.Length * BlsSignature.Length];
        var signed = new bool[keys.Length];
        if (!bursts.Sign(root.Bytes, keys, bytes, signed))
        {
            foreach (var (share, _) in granted)
            {
                share.Suspect();
            }

            Faulty(keys.Length);
        }

        var signatures = new BlsSignature?[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            signatures[i] = signed[i] ? new BlsSignature(bytes.AsSpan(i * BlsSignature.Length, BlsSignature.Length)) : null;
        }

        return signatures;
    }
}
