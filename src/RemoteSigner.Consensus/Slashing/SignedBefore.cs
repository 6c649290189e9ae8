namespace RemoteSigner.Consensus.Slashing;

/// <summary>What the record holds for one slot or target epoch.</summary>
internal enum SignedBefore
{
    Nothing,
    TheSame,
    Another,
}
