using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Which keys may have changed, in their order, for those who keep something that follows from them: each asks from where he stopped. What
/// is long ago is not told key by key. Thread-safe.
/// </summary>
public sealed class KeyChangeLog
{
    private const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly List<BlsPublicKey> _keys = [];
    private long _before;

    /// <summary>Where to go on from, for whoever has seen all that was noted by now.</summary>
    public long Now
    {
        get
        {
            lock (_gate)
            {
                return _before + _keys.Count;
            }
        }
    }

    /// <summary>Notes keys; null: any may have changed.</summary>
    public void Note(IEnumerable<BlsPublicKey>? keys)
    {
        lock (_gate)
        {
            if (keys is not null)
            {
                _keys.AddRange(keys);
            }

            if (keys is null || _keys.Count > Most)
            {
                _before += _keys.Count + 1;
                _keys.Clear();
            }
        }
    }

    /// <summary>The keys that were noted since <see cref="Now"/> was this, each once; null where any may have changed.</summary>
    public IReadOnlySet<BlsPublicKey>? Since(long then)
    {
        lock (_gate)
        {
            return then < _before ? null : _keys.Skip((int)(then - _before)).ToHashSet();
        }
    }
}
