using System.Diagnostics;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// The shares that are open now. Readers take no lock: a set is replaced whole, and none is changed once it is in place. It is in two
/// parts, of which the smaller one alone is made anew when a few shares come. No frozen ones: to make them takes milliseconds at every
/// push.
/// </summary>
public sealed class KeyRing : IDisposable
{
    private const int MaxLate = 512;

    private volatile Sets _sets = new(Part.Empty, Part.Empty);
    private volatile bool _areOpen;

    /// <summary>False until the first set is in place: a key that is not found before may be in the vault.</summary>
    public bool AreOpen => _areOpen;

    public int Count => _sets is var sets ? sets.Main.Shares.Count + sets.Late.Shares.Count : 0;

    public IEnumerable<KeyShare> Shares => _sets is var sets ? sets.Main.Shares.Values.Concat(sets.Late.Shares.Values) : [];

    /// <summary>The share with this public key, or null.</summary>
    public KeyShare? Find(BlsPublicKey publicKey)
    {
        var sets = _sets;
        return sets.Main.Shares.GetValueOrDefault(publicKey) ?? sets.Late.Shares.GetValueOrDefault(publicKey);
    }

    /// <summary>
    /// Our share of the validator with this group key, or null; also null where two shares of it are open, because neither is the right
    /// one.
    /// </summary>
    public KeyShare? FindByGroup(BlsPublicKey groupKey)
    {
        var sets = _sets;
        return sets.Main.ByGroup.TryGetValue(groupKey, out var share)
            ? sets.Late.ByGroup.ContainsKey(groupKey)
                ? null
                : share
            : sets.Late.ByGroup.GetValueOrDefault(groupKey);
    }

    /// <summary>
    /// The share that a request names so, or null. Whether null means that there is none, says <see cref="AreOpen"/>, asked before.
    /// </summary>
    public KeyShare? Find(BlsPublicKey key, NamedKey named) =>
        named switch
        {
            NamedKey.Share => Find(key),
            NamedKey.Group => FindByGroup(key),
            NamedKey.ShareOfGroup => Find(key) is { GroupKey: { } group } share && group != share.PublicKey ? share : null,
            _ => throw new UnreachableException(),
        };

    /// <summary>
    /// Puts a new set in place. A share that is open already stays as it is, whether it is given itself or opened once more, so that no
    /// duty in flight loses its key to a reload; what the new set does not hold is given up, and zeroed once it has finished signing.
    /// Shares that come after the first set are on trial: nothing was signed with them yet.
    /// </summary>
    public void Replace(IEnumerable<KeyShare> shares)
    {
        var (former, opened) = (Shares.ToDictionary(share => share.PublicKey), shares.ToList());
        List<KeyShare> next = new(opened.Count);
        foreach (var share in opened)
        {
            var open = former.GetValueOrDefault(share.PublicKey);
            if (_areOpen && !ReferenceEquals(open, share))
            {
                share.TryOut();
            }

            next.Add(open?.IsSameAs(share) == true ? open : share);
        }

        _sets = new Sets(Part.Of(next), Part.Empty);
        _areOpen = true;
        foreach (var share in former.Values.Concat(opened).Where(share => !ReferenceEquals(Find(share.PublicKey), share)))
        {
            share.Dispose();
        }
    }

    /// <summary>Puts shares beside those that are open; they are on trial.</summary>
    /// <exception cref="ArgumentException">One is open already; nothing was changed.</exception>
    public void Add(IReadOnlyCollection<KeyShare> shares)
    {
        if (shares.Any(share => Find(share.PublicKey) is not null))
        {
            throw new ArgumentException("one of the shares is open already", nameof(shares));
        }

        foreach (var share in shares)
        {
            share.TryOut();
        }

        var (main, late) = (_sets.Main, Part.Of(_sets.Late.Shares.Values.Concat(shares)));
        _sets = late.Shares.Count > MaxLate ? new Sets(Part.Of(Shares.Concat(shares)), Part.Empty) : new Sets(main, late);
    }

    /// <summary>A duty that comes while the signer stops is not told that its key is unknown.</summary>
    public void Dispose()
    {
        Replace([]);
        _areOpen = false;
    }

    private sealed record Sets(Part Main, Part Late);

    // By group: null where two shares of it are open.
    private sealed record Part(Dictionary<BlsPublicKey, KeyShare> Shares, Dictionary<BlsPublicKey, KeyShare?> ByGroup)
    {
        public static readonly Part Empty = new([], []);

        public static Part Of(IEnumerable<KeyShare> shares)
        {
            var part = new Part(shares.ToDictionary(share => share.PublicKey), []);
            foreach (var share in part.Shares.Values.Where(share => share.GroupKey is { } group && group != share.PublicKey))
            {
                var group = share.GroupKey!.Value;
                part.ByGroup[group] = part.ByGroup.ContainsKey(group) ? null : share;
            }

            return part;
        }
    }
}
