namespace RemoteSigner.Host.Http;

/// <summary>
/// How many single orders may wait for the signer at once, so that a disk that hangs fills no memory: whoever finds no place is told at once to ask again, or another signer, instead of waiting until its slot
/// is over. The last places are for proposals. A batch has its own bounds (<see cref="BatchSigning"/>).
/// </summary>
/// <param name="most">Places for all.</param>
/// <param name="forProposals">Beside them, for proposals alone.</param>
internal sealed class SigningPlaces(int most, int forProposals)
{
    private int _taken;

    // 100,000 validators ask for some 3,100 votes a slot, and for as many selection proofs. One order that waits takes some 10 KB with its connection.
    public SigningPlaces()
        : this(most: 8192, forProposals: 1024)
    {
    }

    /// <summary>True: a place was taken, to be given back.</summary>
    public bool TryTake(bool isProposal)
    {
        if (Interlocked.Increment(ref _taken) <= (isProposal ? most + forProposals : most))
        {
            return true;
        }

        GiveBack();
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
