namespace RemoteSigner.Spec;

/// <summary>A vote: for a head in a slot, and from a source to a target checkpoint (consensus-specs <c>AttestationData</c>).</summary>
public sealed record AttestationData(Slot Slot, ulong Index, Root BeaconBlockRoot, Checkpoint Source, Checkpoint Target)
{
    public Root HashTreeRoot() =>
        SszHasher.Container(
            SszHasher.Number(Slot.Value),
            SszHasher.Number(Index),
            BeaconBlockRoot,
            Source.HashTreeRoot(),
            Target.HashTreeRoot()
        );
}
