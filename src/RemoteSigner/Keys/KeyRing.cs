using System.Collections.Frozen;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Keys;

/// <summary>The shares that are open now. Readers take no lock: the set is replaced whole.</summary>
public sealed class KeyRing : IDisposable
{
    private volatile FrozenDictionary<BlsPublicKey, KeyShare> _shares = FrozenDictionary<BlsPublicKey, KeyShare>.Empty;

    public int Count => _shares.Count;

    public IEnumerable<KeyShare> Shares => _shares.Values;

    /// <summary>The share with this public key, or null.</summary>
    public KeyShare? Find(BlsPublicKey publicKey) => _shares.GetValueOrDefault(publicKey);

    /// <summary>Puts a new set in place and gives up the shares it does not carry over; a share that is signing is zeroed when it is done.</summary>
    public void Replace(IEnumerable<KeyShare> shares)
    {
        var former = _shares;
        _shares = shares.ToFrozenDictionary(share => share.PublicKey);
        foreach (var share in former.Values.Where(share => !ReferenceEquals(Find(share.PublicKey), share)))
        {
            share.Dispose();
        }
    }

    public void Dispose() => Replace([]);
}
