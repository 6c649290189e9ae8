using System.Diagnostics;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>The shares that are open now. Readers take no lock: the set is replaced whole, and none is changed once it is in place. No frozen ones: to make them takes milliseconds at every push.</summary>
public sealed class KeyRing : IDisposable
{
    private volatile Dictionary<BlsPublicKey, KeyShare> _shares = [];
    private volatile Dictionary<BlsPublicKey, KeyShare> _byGroup = [];
    private volatile bool _areOpen;

    /// <summary>False until the first set is in place: a key that is not found before may be in the vault.</summary>
    public bool AreOpen => _areOpen;

    public int Count => _shares.Count;

    public IEnumerable<KeyShare> Shares => _shares.Values;

    /// <summary>The share with this public key, or null.</summary>
    public KeyShare? Find(BlsPublicKey publicKey) => _shares.GetValueOrDefault(publicKey);

    /// <summary>Our share of the validator with this group key, or null; also null where two shares of it are open, because neither is the right one.</summary>
    public KeyShare? FindByGroup(BlsPublicKey groupKey) => _byGroup.GetValueOrDefault(groupKey);

    /// <summary>The share that a request names so, or null. Whether null means that there is none, says <see cref="AreOpen"/>, asked before.</summary>
    public KeyShare? Find(BlsPublicKey key, NamedKey named) => named switch
    {
        NamedKey.Share => Find(key),
        NamedKey.Group => FindByGroup(key),
        NamedKey.ShareOfGroup => Find(key) is { GroupKey: { } group } share && group != share.PublicKey ? share : null,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Puts a new set in place. A share that is open already stays as it is, whether it is given itself or opened once more, so that no duty in flight loses its key to a reload; what the new
    /// set does not hold is given up, and zeroed once it has finished signing. Shares that come after the first set are on trial: nothing was signed with them yet.
    /// </summary>
    public void Replace(IEnumerable<KeyShare> shares)
    {
        var (former, opened) = (_shares, shares.ToList());
        var next = new Dictionary<BlsPublicKey, KeyShare>(opened.Count);
        foreach (var share in opened)
        {
            var open = former.GetValueOrDefault(share.PublicKey);
            if (_areOpen && !ReferenceEquals(open, share))
            {
                share.TryOut();
            }

            next.Add(share.PublicKey, open?.IsSameAs(share) == true ? open : share);
        }

        _shares = next;
        _byGroup = next.Values.Where(share => share.GroupKey is { } group && group != share.PublicKey)
            .GroupBy(share => share.GroupKey!.Value)
            .Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.Single());
        _areOpen = true;
        foreach (var share in former.Values.Concat(opened).Where(share => !ReferenceEquals(Find(share.PublicKey), share)))
        {
            share.Dispose();
        }
    }

    /// <summary>A duty that comes while the signer stops is not told that its key is unknown.</summary>
    public void Dispose()
    {
        Replace([]);
        _areOpen = false;
    }
}
