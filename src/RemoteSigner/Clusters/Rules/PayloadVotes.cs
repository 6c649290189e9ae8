using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The first vote of each key about the payload of a slot, in memory. A second one that differs is not slashable: gossip takes the first
/// and drops the other. It is worth a look all the same, and where the operator wants one vote a slot it is refused, so that the members of
/// a group cannot be led to split over two.
/// </summary>
/// <param name="refusesOthers">One vote a slot.</param>
public sealed class PayloadVotes(bool refusesOthers)
{
    // Some slots' worth of a large operator: a vote is of no use to anybody later.
    private const int Most = 1 << 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<(BlsPublicKey Key, Slot Slot), Root> _first = [];
    private readonly Queue<(BlsPublicKey Key, Slot Slot)> _order = new();

    /// <summary>Told of every vote that differs from the first of its key and slot.</summary>
    public Action<BlsPublicKey, Slot> Differs { get; init; } = (_, _) => { };

    /// <summary>What stands against this vote; null where nothing does.</summary>
    /// <param name="share">Whose vote it is.</param>
    /// <param name="vote">The vote.</param>
    /// <param name="root">Its hash_tree_root.</param>
    /// <param name="remembers">It is about to be signed, and the first of its slot from now on.</param>
    public ClusterRefusal? Refusal(BlsPublicKey share, PayloadAttestation vote, Root root, bool remembers)
    {
        lock (_gate)
        {
            if (!_first.TryGetValue((share, vote.Slot), out var first))
            {
                Remember((share, vote.Slot), root, remembers);
                return null;
            }

            if (first == root)
            {
                return null;
            }
        }

        Differs(share, vote.Slot);
        return refusesOthers
            ? new(
                ClusterRule.OtherPayloadVote,
                $"another vote about the payload of slot {vote.Slot} was asked for before, and payloadVotes in signer.json says refuse"
            )
            : null;
    }

    private void Remember((BlsPublicKey Key, Slot Slot) duty, Root root, bool remembers)
    {
        if (!remembers)
        {
            return;
        }

        if (_order.Count == Most)
        {
            _ = _first.Remove(_order.Dequeue());
        }

        _first.Add(duty, root);
        _order.Enqueue(duty);
    }
}
