namespace RemoteSigner.Spec;

/// <summary>
/// What the execution layer asks of the beacon chain with a payload (consensus-specs <c>ExecutionRequests</c> of Gloas), its lists hashed
/// already.
/// </summary>
public sealed record ExecutionRequests(
    HashedList Deposits,
    HashedList Withdrawals,
    HashedList Consolidations,
    HashedList BuilderDeposits,
    HashedList BuilderExits
)
{
    public Root HashTreeRoot() =>
        SszHasher.ProgressiveContainer(Deposits.Root, Withdrawals.Root, Consolidations.Root, BuilderDeposits.Root, BuilderExits.Root);
}
