namespace RemoteSigner.Slashing;

/// <summary>The two epochs of an attestation, as they are stored.</summary>
internal readonly record struct Vote(long Source, long Target)
{
    public override string ToString() => $"{Source} -> {Target}";
}
