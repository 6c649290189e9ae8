namespace RemoteSigner.Host.Running;

/// <summary>
/// How many orders may wait for the signer at once, so that a disk that hangs fills no memory: whoever finds no place is told at once to
/// ask again, or another signer, instead of waiting until its slot is over. The last places are for proposals, and one client never has
/// more than its share.
/// </summary>
/// <param name="most">Places for all.</param>
/// <param name="forProposals">Beside them, for proposals alone.</param>
/// <param name="share">One client has at most one in so many.</param>
internal sealed class SigningPlaces(int most, int forProposals, int share = 2)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ofClient = [];
    private int _taken;

    // Four parts of the longest batches for one client, and as many for all others. One order that waits takes some KB.
    public SigningPlaces()
        : this(most: 32_768, forProposals: 1024) { }

    /// <summary>True: so many places were taken for this client, to be given back.</summary>
    public bool TryTake(string client, int orders, bool isProposal)
    {
        var places = isProposal ? most + forProposals : most;
        lock (_gate)
        {
            var own = _ofClient.GetValueOrDefault(client);
            if (_taken + orders > places || own + orders > places / share)
            {
                return false;
            }

            _taken += orders;
            _ofClient[client] = own + orders;
            return true;
        }
    }

    public void GiveBack(string client, int orders)
    {
        lock (_gate)
        {
            _taken -= orders;
            if ((_ofClient[client] -= orders) == 0)
            {
                _ = _ofClient.Remove(client);
            }
        }
    }
}
