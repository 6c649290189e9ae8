namespace RemoteSigner.Keys;

/// <summary>How a public key in a request names the share that it wants.</summary>
public enum NamedKey
{
    /// <summary>It is the public key of the share, or of a whole key.</summary>
    Share,

    /// <summary>It is the group key of a validator; ours is the one share of it that is open.</summary>
    Group,

    /// <summary>It is the public key of a share whose group is known; a whole key is not meant.</summary>
    ShareOfGroup,
}
