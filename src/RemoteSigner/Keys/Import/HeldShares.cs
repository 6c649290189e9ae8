using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// What the vault holds and what the ledger lets each share do, found by key, validator and cluster. It is kept from one act to the next
/// and follows what changed, so that an act costs what it is about and not what is here. For one act at a time, which has it follow before
/// it looks.
/// </summary>
public sealed class HeldShares
{
    private readonly Dictionary<BlsPublicKey, Entry> _entries = [];
    private readonly Dictionary<BlsPublicKey, Entry> _groups = [];
    private readonly Dictionary<Root, ClusterCount> _clusters = [];
    private readonly HashSet<Entry> _resting = [];
    private readonly HashSet<BlsPublicKey> _ending = [];
    private VaultRecords? _records;
    private long _seen;
    private long _order;

    /// <summary>The keys whose share or state has changed, for those who follow in turn.</summary>
    public KeyChangeLog Changes { get; } = new();

    /// <summary>How many keys the ledger lets sign whose shares are not here.</summary>
    public int Missing { get; private set; }

    /// <summary>
    /// How many shares never came, because their import was interrupted: whoever sent them was told nothing, and sends them again.
    /// </summary>
    public int Awaited { get; private set; }

    /// <summary>Keys that are on their way out by the ledger, whether their shares are here or not.</summary>
    public IReadOnlyCollection<BlsPublicKey> Ending => _ending;

    /// <summary>The clusters of which a share signs here.</summary>
    public IEnumerable<Root> ActiveClusters => _clusters.Where(pair => pair.Value.Active.Count > 0).Select(pair => pair.Key);

    /// <summary>Of a listing and the states of all keys, for whoever looks once.</summary>
    public static HeldShares Of(VaultListing vault, IReadOnlyDictionary<BlsPublicKey, KeyState> states)
    {
        var held = new HeldShares();
        held.Fill(vault.Shares, states);
        return held;
    }

    /// <summary>
    /// From now on what vault and ledger say now. Reads what has changed since the last time, and all of it where that is not known.
    /// </summary>
    public async Task FollowAsync(Vault vault, SlashingProtection slashing)
    {
        // Before the reading: what changes meanwhile is read once more.
        var now = slashing.KeyChanges.Now;
        if (_records is { } former && slashing.KeyChanges.Since(_seen) is { } moved && vault.ChangesSince(former) is { } exchanged)
        {
            if (moved.Count + exchanged.Count > 0)
            {
                var states = moved.Count == 0 ? new Dictionary<BlsPublicKey, KeyState>() : await slashing.GetKeyStatesAsync(moved);
                var changed = moved.Concat(exchanged).ToHashSet();
                foreach (
                    var key in vault
                        .InOrder(changed)
                        .Select(record => record.ShareKey)
                        .Concat(changed.Where(key => vault.Find(key) is null))
                )
                {
                    Put(key, vault.Find(key), moved.Contains(key) ? Of(states, key) : StateOf(key));
                }

                Changes.Note(changed);
            }
        }
        else
        {
            var states = await slashing.GetKeyStatesAsync();
            Clear();
            Fill(vault.Contents.Shares, states);
            Changes.Note(null);
        }

        (_records, _seen) = (vault.Records, now);
    }

    /// <summary>The share with this key, whatever it may do; null where it is not here.</summary>
    public VaultListing.Share? Find(BlsPublicKey key) => _entries.GetValueOrDefault(key)?.Share;

    /// <summary>The same of one that signs.</summary>
    public VaultListing.Share? FindActive(BlsPublicKey key) =>
        _entries.GetValueOrDefault(key) is { State: KeyState.Active } entry ? entry.Share : null;

    /// <summary>What the ledger lets a key do, also where its share is not here; null where it does not know it.</summary>
    public KeyState? StateOf(BlsPublicKey key) => _entries.GetValueOrDefault(key)?.State;

    /// <summary>Shares that are here and do not sign, in this state, in the order in which they came.</summary>
    public IEnumerable<VaultListing.Share> Resting(KeyState state) =>
        _resting.Where(entry => entry.State == state).OrderBy(entry => entry.Order).Select(entry => entry.Share!);

    /// <summary>How many shares are here and do not sign, of those states.</summary>
    public int CountResting(Func<KeyState?, bool> isOfThose) => _resting.Count(entry => isOfThose(entry.State));

    /// <summary>Those of these keys whose shares are here, in the order in which they came.</summary>
    public IEnumerable<VaultListing.Share> InOrder(IEnumerable<BlsPublicKey> keys) =>
        keys.Distinct()
            .Select(key => _entries.GetValueOrDefault(key))
            .Where(entry => entry?.Share is not null)
            .OrderBy(entry => entry!.Order)
            .Select(entry => entry!.Share!);

    /// <summary>All shares that sign, in any order.</summary>
    public IEnumerable<VaultListing.Share> Active =>
        _entries.Values.Where(entry => entry.State == KeyState.Active).Select(entry => entry.Share).OfType<VaultListing.Share>();

    /// <summary>
    /// The shares that sign for the validator with this group key, a whole key among them, in the order in which they came.
    /// </summary>
    public IEnumerable<VaultListing.Share> ActiveOf(BlsPublicKey group)
    {
        List<Entry> found = [];
        for (var entry = _groups.GetValueOrDefault(group); entry is not null; entry = entry.NextOfGroup)
        {
            if (entry.State == KeyState.Active)
            {
                found.Add(entry);
            }
        }

        return found.OrderBy(entry => entry.Order).Select(entry => entry.Share!);
    }

    /// <summary>Is a share sealed as a member of this cluster here, whatever it may do?</summary>
    public bool HasMemberOf(Root cluster) => _clusters.ContainsKey(cluster);

    /// <summary>How many shares of each index of this cluster sign here.</summary>
    public IReadOnlyDictionary<ulong, int> ActiveIndicesOf(Root cluster) =>
        _clusters.TryGetValue(cluster, out var count) ? count.Active : new Dictionary<ulong, int>();

    private void Clear()
    {
        _entries.Clear();
        _groups.Clear();
        _clusters.Clear();
        _resting.Clear();
        _ending.Clear();
        (Missing, Awaited) = (0, 0);
        _order = 0;
    }

    private void Fill(IReadOnlyList<VaultListing.Share> shares, IReadOnlyDictionary<BlsPublicKey, KeyState> states)
    {
        _entries.EnsureCapacity(Math.Max(shares.Count, states.Count));
        foreach (var share in shares)
        {
            Put(share.ShareKey, share, Of(states, share.ShareKey));
        }

        foreach (var (key, state) in states)
        {
            if (Find(key) is null)
            {
                Put(key, null, state);
            }
        }
    }

    private static KeyState? Of(IReadOnlyDictionary<BlsPublicKey, KeyState> states, BlsPublicKey key) =>
        states.TryGetValue(key, out var state) ? state : null;

    private void Put(BlsPublicKey key, VaultListing.Share? share, KeyState? state)
    {
        var former = _entries.GetValueOrDefault(key);
        if (former is not null)
        {
            Count(key, former, -1);
            _entries.Remove(key);
        }

        if (share is not null || state is not null)
        {
            var entry = new Entry(share, state, former is not null && ReferenceEquals(former.Share, share) ? former.Order : _order++);
            _entries.Add(key, entry);
            Count(key, entry, 1);
        }
    }

    private void Count(BlsPublicKey key, Entry entry, int by)
    {
        _ = entry.State is KeyState.Retiring or KeyState.Releasing && (by > 0 ? _ending.Add(key) : _ending.Remove(key));
        if (entry.Share is not { } share)
        {
            Missing += entry.State is KeyState.Active ? by : 0;
            Awaited += entry.State is KeyState.Enrolling ? by : 0;
            return;
        }

        _ = entry.State is not KeyState.Active && (by > 0 ? _resting.Add(entry) : _resting.Remove(entry));
        if (share.GroupKey is { } group)
        {
            Link(group, entry, by > 0);
        }

        if (share.Membership is { } member)
        {
            if (!_clusters.TryGetValue(member.ClusterHash, out var cluster))
            {
                _clusters.Add(member.ClusterHash, cluster = new ClusterCount());
            }

            if (cluster.Add(member.ShareIndex, entry.State == KeyState.Active, by) == 0)
            {
                _clusters.Remove(member.ClusterHash);
            }
        }
    }

    private void Link(BlsPublicKey group, Entry entry, bool comes)
    {
        var first = _groups.GetValueOrDefault(group);
        if (comes)
        {
            entry.NextOfGroup = first;
            _groups[group] = entry;
            return;
        }

        if (!ReferenceEquals(first, entry))
        {
            for (; !ReferenceEquals(first!.NextOfGroup, entry); first = first.NextOfGroup) { }

            first.NextOfGroup = entry.NextOfGroup;
        }
        else if (entry.NextOfGroup is { } next)
        {
            _groups[group] = next;
        }
        else
        {
            _groups.Remove(group);
        }
    }

    // Its share is null where the ledger alone knows the key. Those of one validator are chained.
    private sealed class Entry(VaultListing.Share? share, KeyState? state, long order)
    {
        public VaultListing.Share? Share { get; } = share;

        public KeyState? State { get; } = state;

        public long Order { get; } = order;

        public Entry? NextOfGroup { get; set; }
    }

    private sealed class ClusterCount
    {
        private int _held;

        public Dictionary<ulong, int> Active { get; } = [];

        public int Add(ulong index, bool isActive, int by)
        {
            if (isActive && (Active[index] = Active.GetValueOrDefault(index) + by) == 0)
            {
                Active.Remove(index);
            }

            return _held += by;
        }
    }
}
