using System.Runtime.InteropServices;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>How many votes of one validator lie in the order of the epochs, and the newest source and target of them.</summary>
internal readonly record struct RecentNumbers(long Count, long Source, long Target)
{
    /// <summary>Of every validator that has any, of targets before an epoch: one walk over all of them.</summary>
    public static Dictionary<long, RecentNumbers> Read(LedgerTransaction transaction, long beforeEpoch)
    {
        var numbers = new Dictionary<long, RecentNumbers>();
        var rows = transaction.Statement("SELECT validator, source, target FROM recent_vote WHERE target < ?1").Bind(1, beforeEpoch);
        while (rows.Step())
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, rows.Number(0), out _);
            known = new RecentNumbers(known.Count + 1, Math.Max(known.Source, rows.Number(1)), Math.Max(known.Target, rows.Number(2)));
        }

        return numbers;
    }
}
