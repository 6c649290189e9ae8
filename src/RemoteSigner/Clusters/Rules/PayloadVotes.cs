using System.Collections.Concurrent;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// The first vote of each key about the payload of a slot, in memory. A second one that differs is not slashable: gossip takes the first and drops the other. It is worth a look all the same, and where
/// the operator wants one vote a slot it is refused, so that the members of a group cannot be led to split over two.
/// </summary>
/// <param name="refusesOthers">One vote a slot.</param>
public sealed class PayloadVotes(bool refusesOthers)
{
    // Slots that are remembered: a vote is of no use to anybody later.
    private const ulong Memory = 64;

    private readonly ConcurrentDictionary<(BlsPublicKey Key, Slot Slot), Root> _first = new();
    private ulong _newest;

    /// <summary>Told of every vote that differs from the first of its key and slot.</summary>
    public Action<BlsPublicKey, Slot> Differs { get; init; } = (_, _) => { };

    /// <summary>What stands against this vote; null where nothing does.</summary>
    public ClusterRefusal? Refusal(BlsPublicKey share, PayloadAttestation vote, Root root)
    {
        if (_first.GetOrAdd((share, vote.Slot), root) == root)
        {
            Forget(vote.Slot);
            return null;
        }

        Differs(share, vote.Slot);
        return refusesOthers ? new(ClusterRule.OtherPayloadVote, $"another vote about the payload of slot {vote.Slot} was asked for before, and payloadVotes in signer.json says refuse") : null;
    }

    private void Forget(Slot slot)
    {
        var newest = Volatile.Read(ref _newest);
        if (slot.Value <= newest || Interlocked.CompareExchange(ref _newest, slot.Value, newest) != newest)
        {
            return;
        }

        foreach (var known in _first.Keys)
        {
            if (known.Slot.Value + Memory < slot.Value)
            {
                _ = _first.TryRemove(known, out _);
            }
        }
    }
}
