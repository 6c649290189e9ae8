namespace RemoteSigner.Slashing;

/// <summary>What the record holds for one slot or target epoch.</summary>
internal enum SignedBefore
{
    Nothing,

    /// <summary>This very message, signed here.</summary>
    TheSame,

    /// <summary>This very message, and only an import says so: it was signed elsewhere, or somebody claims that.</summary>
    Told,

    /// <summary>Another message, or one of which the root is not known; whatever else is on record.</summary>
    Another,
}
