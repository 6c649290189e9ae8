using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Holds the staged records of a file against what was signed here (records with evidence). A message with a signing root that is slashable
/// beside one of ours proves that somebody else signs with the key. Records without a root prove nothing: minified files are made of them.
/// </summary>
internal static class InterchangeContradiction
{
    /// <exception cref="InterchangeContradictionException">There is one.</exception>
    public static void Throw(LedgerTransaction transaction, BlsPublicKey key)
    {
        if (StagedHistory.FindOtherBlock(transaction, key) is { } slot)
        {
            throw new InterchangeContradictionException(key, $"a block for slot {slot}", "another block for that slot");
        }

        var signed = new SignedVotes(StagedHistory.SignedHere(transaction, key));
        if (
            signed.Count > 0
            && StagedHistory.FirstVote(transaction, key, (vote, root) => signed.FindSlashable(vote, root) is not null)
                is var (told, rootOfTold)
        )
        {
            throw new InterchangeContradictionException(key, $"the vote {told}", $"the vote {signed.FindSlashable(told, rootOfTold)}");
        }
    }
}
