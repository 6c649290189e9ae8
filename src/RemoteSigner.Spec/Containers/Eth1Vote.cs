namespace RemoteSigner.Spec;

/// <summary>A proposer's view of the deposit contract (consensus-specs <c>Eth1Data</c>).</summary>
public sealed record Eth1Vote(Root DepositRoot, ulong DepositCount, Root BlockHash)
{
    public Root HashTreeRoot() => SszHasher.Container(DepositRoot, SszHasher.Number(DepositCount), BlockHash);
}
