namespace RemoteSigner.Spec;

/// <summary>An epoch and the root of the block at its start (consensus-specs <c>Checkpoint</c>).</summary>
public readonly record struct Checkpoint(Epoch Epoch, Root Root)
{
    public Root HashTreeRoot() => SszHasher.Container(SszHasher.Number(Epoch.Value), Root);
}
